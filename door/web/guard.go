package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"

	"golang.org/x/text/language"

	"github.com/bitcoim/bitcoim/httpserve"
	"github.com/bitcoim/bitcoim/i18n"
)

//go:embed style.css
var style string

// policy allows a page its own style and its own form, and nothing else.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'"
}()

// longestBody is how long a form may be, in bytes.
const longestBody = 8 << 10

// guard is before everything: it bounds how often and how much, and sets the
// headers that are the same for all.
func (d *Door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Referrer-Policy", "same-origin") // without any, a form would come from nowhere
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if d.o.Cert != "" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if isLNURL(r) {
			h.Set("Access-Control-Allow-Origin", "*") // wallets live in browsers too
		}
		if r.URL.Path != "/healthz" && !d.limits.requests.take(d.client(r).String(), 1) {
			d.tooFast(w, r)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, longestBody)
		next.ServeHTTP(w, r)
	})
}

// isLNURL reports whether a wallet asks, which wants JSON.
func isLNURL(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/.well-known/lnurlp/") || strings.HasPrefix(r.URL.Path, "/lnurlp/")
}

func (d *Door) tooFast(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "60")
	d.refuse(w, r, http.StatusTooManyRequests, "web.too-fast", nil)
}

// nothing is what is at all other places.
func (d *Door) nothing(w http.ResponseWriter, r *http.Request) {
	d.refuse(w, r, http.StatusNotFound, "web.unknown", nil)
}

// elsewhere answers a form that was sent by another site.
func (d *Door) elsewhere(w http.ResponseWriter, r *http.Request) {
	d.refuse(w, r, http.StatusForbidden, "web.elsewhere", nil)
}

// refuse says no, in the form that fits who asks.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, status int, phrase string, args map[string]any) {
	text := d.printer(r).Say(phrase, args)
	if isLNURL(r) {
		writeRefusal(w, status, text)
		return
	}
	d.show(w, r, status, view{Notice: text})
}

// printer speaks the language that a browser asks for (RFC 9110 §12.5.4).
func (d *Door) printer(r *http.Request) i18n.Printer {
	var wanted []string
	if header := r.Header.Get("Accept-Language"); len(header) < 200 {
		tags, _, _ := language.ParseAcceptLanguage(header)
		for _, tag := range tags {
			wanted = append(wanted, tag.String())
		}
	}
	return d.o.Phrases.Printer(d.o.Phrases.Match(append(wanted, d.o.Language)...), "")
}

// client is who asks, with all of his household.
func (d *Door) client(r *http.Request) netip.Prefix {
	return httpserve.ClientPrefix(httpserve.Proxies(d.o.Proxies).Client(r))
}
