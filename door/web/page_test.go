package web_test

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/web"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lnurl"
)

func (h *house) post(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	return h.do(t, h.request(t, http.MethodPost, path, form.Encode()))
}

func expectText(t *testing.T, a answer, status int, want ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("got %d, want %d", a.StatusCode, status)
	}
	for _, w := range want {
		if !strings.Contains(a.text, w) {
			t.Errorf("%q is not in %s", w, a.text)
		}
	}
}

func TestThePageOfAlice(t *testing.T) {
	h := open(t, nil)
	link, err := lnurl.Encode(public + "/.well-known/lnurlp/alice")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/@alice", "/@Alice", "/%40alice"} {
		expectText(t, h.get(t, path), 200, `<html lang="en">`, "Pay alice", "alice@pay.example.org", `href="lightning:`+link+`"`,
			`href="xmpp:alice@chat.example.org?message"`, "<svg", "From 1\u00a0sat to 1\u00a0000\u00a0000\u00a0sat", `name="note"`)
	}
	expectText(t, h.get(t, "/@carol"), 200, `href="xmpp:c.a%20r@chat.example.org?message"`, `maxlength="280"`)
	expectText(t, h.get(t, "/@full"), 503, "Try again later")
	if bob := h.get(t, "/@bob").text; strings.Contains(bob, "xmpp:") || strings.Contains(bob, `name="note"`) {
		t.Errorf("bob has a chat or takes notes: %s", bob)
	}
}

func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	h := open(t, func(o *web.Options) { o.Language = "fr" })
	for header, want := range map[string]string{
		"": "fr", "en": "en", "fr-CA, en;q=0.5": "fr", "de, en;q=0.8, fr;q=0.9": "fr", "de": "fr", "en-GB;q=0.1": "en", "x;;;q": "fr",
		strings.Repeat("en,", 200): "fr",
	} {
		req := h.request(t, http.MethodGet, "/@alice", "")
		req.Header.Set("Accept-Language", header)
		a := h.do(t, req)
		if !strings.Contains(a.text, `<html lang="`+want+`">`) || a.Header.Get("Vary") != "Accept-Language" {
			t.Errorf("%.30q: want %s, got %.60s", header, want, a.text)
		}
	}
}

func TestTheFormMakesAnInvoice(t *testing.T) {
	h := open(t, nil)
	a := h.post(t, "/@alice", url.Values{"amount": {"2 000"}, "note": {"<b>lunch</b>"}})
	expectText(t, a, 200, "2\u00a0000\u00a0sat", "&lt;b&gt;lunch&lt;/b&gt;", `href="lightning:lnbcrt20000n1p`, "15 Jan 08:00 UTC", `href="/@alice"`)
	orders := h.orders()
	if len(orders) != 1 || orders[0].m != 2_000_000 || orders[0].comment != "<b>lunch</b>" {
		t.Errorf("the desk was asked for %+v", orders)
	}
	// The field is in satoshi, so a decimal point is one.
	expectText(t, h.post(t, "/@alice", url.Values{"amount": {"2500.5"}}), 200, "2\u00a0500.5\u00a0sat")
	if orders = h.orders(); len(orders) != 2 || orders[1].m != 2_500_500 {
		t.Errorf("the desk was asked for %+v", orders)
	}
	// It commits to the same as an invoice for a wallet.
	h.get(t, "/lnurlp/alice?amount=2000000")
	if orders = h.orders(); len(orders) != 3 || orders[0].hash != orders[2].hash {
		t.Errorf("the desk was asked for %+v", orders)
	}
}

func TestWhatIsWrongInTheForm(t *testing.T) {
	h := open(t, nil)
	for name, tt := range map[string]struct {
		amount, note, want string
	}{
		"nothing":            {"", "", "How much?"},
		"words":              {"a lot", "", "is not an amount"},
		"markup":             {"<script>alert(1)</script>", "", html.EscapeString("<script>")},
		"an attribute":       {`" onfocus="alert(1)`, "", "&#34; onfocus"},
		"too little":         {"0.5", "", "From 1\u00a0sat"},
		"more than is taken": {"2000000", "", "From 1\u00a0sat"},
		"of something else":  {"5 EUR", "", "no source of rates"},
		"a note too long":    {"2000", strings.Repeat("é", 101), "at most 100 characters"},
		"a note with markup": {"0", `"><img src=x>`, "&#34;&gt;&lt;img"},
	} {
		t.Run(name, func(t *testing.T) {
			a := h.post(t, "/@alice", url.Values{"amount": {tt.amount}, "note": {tt.note}})
			expectText(t, a, 422, tt.want, `role="alert"`)
			if strings.Contains(a.text, "<script") || strings.Contains(a.text, "<img") || strings.Contains(a.text, `" onfocus="`) {
				t.Errorf("markup gets through: %s", a.text)
			}
		})
	}
	if orders := h.orders(); len(orders) != 0 {
		t.Errorf("the desk was asked for %+v", orders)
	}
}

func TestPagesThatAreNot(t *testing.T) {
	h := open(t, nil)
	for path, want := range map[string]int{
		"/": 200, "/@nobody": 404, "/@": 404, "/alice": 404, "/@alice/x": 404, "/@al%2Fice": 404, "/favicon.ico": 404, "/@%3Cscript%3E": 404,
		"/.well-known/other": 404, "/lnurlp/": 404, "/@broken": 503,
	} {
		a := h.get(t, path)
		if a.StatusCode != want || strings.Contains(a.text, "<script") || strings.Contains(a.text, "secret") {
			t.Errorf("%s: got %d %s", path, a.StatusCode, a.text)
		}
	}
	for method, want := range map[string]int{http.MethodPut: 405, http.MethodDelete: 405, "BREW": 405} {
		if a := h.do(t, h.request(t, method, "/@alice", "")); a.StatusCode != want && a.StatusCode != 404 {
			t.Errorf("%s: got %d", method, a.StatusCode)
		}
	}
	if a := h.do(t, h.request(t, http.MethodPost, "/@alice", "amount="+strings.Repeat("1", 9000))); a.StatusCode != 400 {
		t.Errorf("a huge form: got %d", a.StatusCode)
	}
	h.failure = fault.New(fault.Unavailable, "web.later", nil)
	if a := h.post(t, "/@alice", url.Values{"amount": {"2000"}}); a.StatusCode != 503 {
		t.Errorf("without a node: got %d", a.StatusCode)
	}
}

// Another site can not make a visitor's browser ask for invoices.
func TestAFormOfAnotherSite(t *testing.T) {
	h := open(t, nil)
	for name, tt := range map[string]struct {
		header, value string
		want          int
	}{
		"our own page":          {"Sec-Fetch-Site", "same-origin", 200},
		"our own, by origin":    {"Origin", public, 200},
		"another site":          {"Sec-Fetch-Site", "cross-site", 403},
		"another of our domain": {"Sec-Fetch-Site", "same-site", 403},
		"another, by origin":    {"Origin", "https://evil.example", 403},
		"a page without origin": {"Origin", "null", 403},
		"no browser":            {"X-None", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			req := h.request(t, http.MethodPost, "/@alice", "amount=2000")
			req.Header.Set(tt.header, tt.value)
			if a := h.do(t, req); a.StatusCode != tt.want {
				t.Errorf("got %d, want %d", a.StatusCode, tt.want)
			}
		})
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	h := open(t, nil)
	h.door.Handle("GET /metrics", http.NotFoundHandler())
	for _, path := range []string{"/@alice", "/@nobody", "/", "/healthz", "/metrics", "/.well-known/lnurlp/alice", "/lnurlp/alice?amount=1000", "/x/y"} {
		a := h.get(t, path)
		csp := a.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin",
			"Strict-Transport-Security": "", "Server": "", "Set-Cookie": ""} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if cors := a.Header.Get("Access-Control-Allow-Origin"); (cors == "*") != strings.Contains(path, "lnurlp/") {
			t.Errorf("%s: CORS %q", path, cors)
		}
	}
}

func TestWhatIsPutBehindTheDoor(t *testing.T) {
	h := open(t, nil)
	h.door.Handle("GET /metrics", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("up 1")) }))
	if a := h.get(t, "/metrics"); a.StatusCode != 200 || a.text != "up 1" {
		t.Errorf("got %d %q", a.StatusCode, a.text)
	}
	if a := h.get(t, "/healthz"); a.StatusCode != 200 || a.text != "ok\n" {
		t.Errorf("got %d %q", a.StatusCode, a.text)
	}
	if len(h.asked) != 0 {
		t.Errorf("the desk was asked for %q", slices.Clone(h.asked))
	}
}
