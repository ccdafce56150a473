package config

import "strings"

// checkApps looks at the doors for programs.
func (r *reader) checkApps() {
	m, l, rates := &r.config.Moneysocket, &r.config.LIME, &r.config.Rates
	if m.Enabled {
		if r.config.Lightning.Backend == "none" {
			r.complain("moneysocket.enabled", "needs a lightning.backend: apps pay and ask for invoices")
		}
		if m.Listen == "" && !m.Dial {
			r.complain("moneysocket.enabled", "needs moneysocket.listen or moneysocket.dial")
		}
	}
	if m.Listen != "" {
		r.need("moneysocket.url", ": moneysocket.listen is set")
		if strings.HasPrefix(m.URL, "ws://") && !m.AllowPlain {
			r.complain("moneysocket.url", "is not encrypted; set moneysocket.allow_plain if that is meant")
		}
	}
	r.pair("moneysocket", m.CertFile, m.KeyFile)
	r.pair("lime", l.CertFile, l.KeyFile)
	if l.On() && l.RequireTLS && l.CertFile == "" {
		r.complain("lime.require_tls", "needs lime.cert_file")
	}
	if l.TLS != "" && l.CertFile == "" {
		r.complain("lime.tls", "needs lime.cert_file")
	}
	if !l.On() && (l.Register || l.Guests) {
		r.complain("lime.register", "needs lime.tcp, lime.tls or lime.ws")
	}
	if rates.File != "" && rates.URL != "" {
		r.complain("rates.url", "give either this or rates.file")
	}
	if rates.Every > 0 && rates.Every >= rates.Stale {
		r.complain("rates.stale", "must be longer than rates.every")
	}
}

// pair looks at a certificate and its key.
func (r *reader) pair(section, cert, key string) {
	if (cert == "") != (key == "") {
		r.complain(section+".cert_file", "and %s.key_file belong together", section)
	}
	r.unexposed(section+".key_file", key)
}
