package config

import (
	"os"
	"slices"
	"strings"
)

// check applies the rule of every key, then looks at keys together.
func (r *reader) check() {
	broken := map[string]bool{}
	for _, p := range r.problems {
		broken[p.Key] = true
	}
	for _, k := range r.keys {
		if broken[k.id()] || broken[k.variable()] {
			continue // one complaint is enough
		}
		if complaint := k.rule(k.at); complaint != "" {
			r.complain(k.id(), "%s", complaint)
		}
	}
	r.checkXMPP()
	r.checkStores()
	r.checkAmounts()
	r.checkLightning()
	r.checkApps()
}

// need complains about an empty value. A complaint about the file that a
// secret is in says enough.
func (r *reader) need(id, why string) {
	k, _ := r.find(id)
	switch at := k.at.(type) {
	case *string:
		if *at != "" {
			return
		}
	case *Secret:
		if !at.Empty() || r.paths[id] != "" {
			return
		}
	}
	for _, p := range r.problems {
		if p.Key == id {
			return
		}
	}
	r.complain(id, "is missing%s", why)
}

func (r *reader) checkXMPP() {
	x := &r.config.XMPP
	r.need("xmpp.domain", "")
	r.need("xmpp.secret", "")
	if len(x.Languages) == 0 {
		r.complain("xmpp.languages", "must name at least one language")
	}
	if x.OpenToAll && len(x.ServedDomains) > 0 {
		r.complain("xmpp.open_to_all", "contradicts xmpp.served_domains")
	}
	if !x.OpenToAll && len(x.ServedDomains) == 0 && x.Domain != "" && parent(x.Domain) == "" {
		r.complain("xmpp.served_domains", "is missing: %q has no parent domain", x.Domain)
	}
	reg := &r.config.Registration
	if reg.Mode == "domains" && len(reg.Domains) == 0 {
		r.complain("registration.domains", `is missing: registration.mode is "domains"`)
	}
	if reg.Mode != "domains" && len(reg.Domains) > 0 {
		r.complain("registration.domains", `needs registration.mode = "domains"`)
	}
	r.checkRegistration()
}

// checkRegistration complains about domains whose users could not even ask to
// register.
func (r *reader) checkRegistration() {
	x := &r.config.XMPP
	served := x.ServedDomains
	if len(served) == 0 {
		served = []string{parent(x.Domain)}
	}
	if x.OpenToAll || served[0] == "" { // all are, or there is a complaint already
		return
	}
	for _, d := range r.config.Registration.Domains {
		if !slices.ContainsFunc(served, func(s string) bool { return strings.EqualFold(s, d) }) {
			r.complain("registration.domains", "%q is not among the domains that are served: %s", d, strings.Join(served, ", "))
		}
	}
}

func (r *reader) checkStores() {
	c := &r.config
	switch c.Database.Driver {
	case "sqlite":
		r.need("database.file", `: database.driver is "sqlite"`)
	case "postgres":
		r.need("database.dsn", `: database.driver is "postgres"`)
	}
	switch c.Chain.Backend {
	case "bitcoind":
		const why = `: chain.backend is "bitcoind"`
		r.need("bitcoind.url", why)
		if c.Bitcoind.CookieFile == "" {
			r.need("bitcoind.user", why)
			r.need("bitcoind.password", why)
		} else if c.Bitcoind.User != "" || !c.Bitcoind.Password.Empty() {
			r.complain("bitcoind.cookie_file", "give either this or bitcoind.user and bitcoind.password")
		}
		r.unexposed("bitcoind.cookie_file", c.Bitcoind.CookieFile)
	case "lnd":
		r.checkLND(`: chain.backend is "lnd"`)
	}
	if c.Lightning.Backend == "lnd" && c.Chain.Backend != "lnd" {
		r.checkLND(`: lightning.backend is "lnd"`)
	}
}

func (r *reader) checkLND(why string) {
	r.need("lnd.url", why)
	r.need("lnd.macaroon_file", why)
	r.unexposed("lnd.macaroon_file", r.config.LND.MacaroonFile)
}

// checkLightning looks at what strangers meet.
func (r *reader) checkLightning() {
	l, w := &r.config.Lightning, &r.config.Web
	if l.Backend == "moneysocket" {
		const why = `: lightning.backend is "moneysocket"`
		r.need("lightning.beacon", why)
		r.need("lightning.journal", why)
		if strings.Contains(l.Beacon.Reveal(), "/") {
			r.complain("lightning.beacon", `is the name of a file and no beacon: write it as lightning.beacon_file`)
		}
		if r.config.Database.Driver != "sqlite" {
			r.complain("lightning.backend", `"moneysocket" needs database.driver = "sqlite": two daemons with a journal each could pay an invoice twice`)
		}
		if w.Listen != "" {
			r.complain("web.listen", `needs another lightning.backend: a Moneysocket provider makes no invoices for Lightning Addresses`)
		}
	}
	if l.FinalCLTV > l.MaxCLTV {
		r.complain("lightning.final_cltv", "is more than lightning.max_cltv")
	}
	if p := &r.config.P2P; p.Enabled && p.Main == "" && len(p.Peers) == 0 && !p.Discover {
		r.complain("p2p.enabled", "needs p2p.main, p2p.peers or p2p.discover")
	} else if p.Mode == "private" && p.Proxy == "" {
		r.complain("p2p.mode", `"private" needs p2p.proxy`)
	}
	if w.Listen == "" {
		return
	}
	r.need("web.url", ": web.listen is set")
	if l.Backend == "none" {
		r.complain("web.listen", `needs a lightning.backend: there is nothing to pay by otherwise`)
	}
	if (w.CertFile == "") != (w.KeyFile == "") {
		r.complain("web.cert_file", "and web.key_file belong together")
	}
	r.unexposed("web.key_file", w.KeyFile)
}

// unexposed refuses a credential that others can read. One that is not there
// yet is the node's affair: a cookie is written when bitcoind starts.
func (r *reader) unexposed(id, path string) {
	if path == "" {
		return
	}
	if info, err := os.Stat(path); err == nil && exposed(info) {
		r.complain(id, "%s: %v", path, errExposed)
	}
}

func (r *reader) checkAmounts() {
	l, c := &r.config.Limits, &r.config.Chain
	r.ordered("limits.day_sat", l.DaySat, "limits.payment_sat", l.PaymentSat)
	if l.FirstDaySat > l.DaySat {
		r.complain("limits.first_day_sat", "is %d, more than limits.day_sat, which is %d", l.FirstDaySat, l.DaySat)
	}
	if c.MinPaymentSat > l.PaymentSat {
		r.complain("chain.min_payment_sat", "is %d, more than limits.payment_sat, which is %d", c.MinPaymentSat, l.PaymentSat)
	}
	r.ordered("chain.confirmations_large", int64(c.ConfirmationsLarge), "chain.confirmations", int64(c.Confirmations))
	r.ordered("chain.confirmations_huge", int64(c.ConfirmationsHuge), "chain.confirmations_large", int64(c.ConfirmationsLarge))
	r.ordered("chain.huge_sat", c.HugeSat, "chain.large_sat", c.LargeSat)
	r.ordered("chain.final_depth", int64(c.FinalDepth), "chain.confirmations_huge", int64(c.ConfirmationsHuge))
}

// ordered complains of a key that is less than another one. It says both values: one that
// the file does not have is a default.
func (r *reader) ordered(id string, value int64, least string, other int64) {
	if value < other {
		r.complain(id, "is %d, less than %s, which is %d", value, least, other)
	}
}

// settle fills in what follows from other keys. Domains and JIDs compare with
// ASCII letters small, as users' do (see address.Bare).
func (c *Config) settle() {
	x := &c.XMPP
	x.Domain = strings.Map(small, x.Domain)
	for _, list := range []*[]string{&x.ServedDomains, &x.Admins, &c.Registration.Domains} {
		for i, s := range *list {
			(*list)[i] = strings.Map(small, s)
		}
	}
	if !x.OpenToAll && len(x.ServedDomains) == 0 {
		x.ServedDomains = slices.DeleteFunc([]string{parent(x.Domain)}, func(s string) bool { return s == "" })
	}
	c.Bitcoind.URL = strings.TrimSuffix(c.Bitcoind.URL, "/")
	c.LND.URL = strings.TrimSuffix(c.LND.URL, "/")
}

// small makes an ASCII capital small.
func small(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}

// parent is the domain that a domain is below, "" if it is below none.
func parent(domain string) string {
	_, above, _ := strings.Cut(domain, ".")
	return above
}
