// Package web is the door for browsers and for wallets of strangers: the
// Lightning Address of every user (LUD-16, LUD-06, LUD-12), and a page to pay
// somebody that needs no JavaScript.
//
// It trusts nobody. What it says of itself comes from the configured URL,
// never from the request; how often somebody may ask is bounded by address, by
// payee and in all; and it holds nothing but what it is asked for now.
package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/bitcoim/bitcoim/i18n"
)

// Options of a Door.
type Options struct {
	URL       string         // where it is on the Internet: https://example.org
	Listen    string         // address and port; of loopback, if there is no certificate
	Cert, Key string         // files in PEM; both empty behind a proxy
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Desk      Desk
	Phrases   *i18n.Catalogue
	Language  string // of what is signed, and of those who do not say theirs
	Limits    Limits // zero: DefaultLimits
	Log       *slog.Logger
}

// Door answers HTTP requests. Serve lets people in.
type Door struct {
	o       Options
	url     string // without a slash at the end
	host    string // of url: the domain of the Lightning Addresses
	mux     *http.ServeMux
	limits  *limits
	handler http.Handler
}

// New returns a door that is still closed.
func New(o Options) (*Door, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("web: %q is not a URL like https://example.org", o.URL)
	case u.Scheme != "https" && (u.Scheme != "http" || !isLocal(u.Hostname())):
		return nil, errors.New("web: the URL must be https: wallets ask no other")
	case (o.Cert == "") != (o.Key == ""):
		return nil, errors.New("web: a certificate needs its key, and a key its certificate")
	case o.Desk == nil || o.Phrases == nil:
		return nil, errors.New("web: no desk or no phrases")
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	host := strings.ToLower(u.Host)
	d := &Door{o: o, url: u.Scheme + "://" + host, host: host, mux: http.NewServeMux(), limits: newLimits(o.Limits)}
	d.mux.HandleFunc("GET /healthz", healthz)
	d.mux.HandleFunc("GET /.well-known/lnurlp/{name}", d.lnurlp)
	d.mux.HandleFunc("GET /lnurlp/{name}", d.callback)
	d.mux.HandleFunc("OPTIONS /.well-known/lnurlp/{name}", preflight)
	d.mux.HandleFunc("OPTIONS /lnurlp/{name}", preflight)
	d.mux.HandleFunc("GET /{page}", d.page)
	d.mux.HandleFunc("POST /{page}", d.invoice)
	d.mux.HandleFunc("GET /{$}", d.home)
	d.mux.HandleFunc("/", d.nothing)
	own := http.NewCrossOriginProtection()
	if err := own.AddTrustedOrigin(d.url); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	own.SetDenyHandler(http.HandlerFunc(d.elsewhere))
	d.handler = d.guard(own.Handler(d.mux))
	return d, nil
}

// Handle puts something else behind the door, such as "GET /metrics". It is
// for before Serve.
func (d *Door) Handle(pattern string, h http.Handler) { d.mux.Handle(pattern, h) }

// ServeHTTP answers one request.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// healthz says that somebody is here; whether the wallet is well is for the
// metrics.
func healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
