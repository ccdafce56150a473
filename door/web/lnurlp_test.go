package web_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/web"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lnurl"
)

func TestWhatAliceTakes(t *testing.T) {
	h := open(t, nil)
	for _, path := range []string{"/.well-known/lnurlp/alice", "/.well-known/lnurlp/Alice", "/.well-known/lnurlp/%61lice?nonce=1"} {
		got := h.get(t, path)
		const want = `{"tag":"payRequest","callback":"https://pay.example.org/lnurlp/alice","minSendable":1000,"maxSendable":1000000000,` +
			`"metadata":"[[\"text/plain\",\"Payment to alice@pay.example.org\"],[\"text/identifier\",\"alice@pay.example.org\"]]","commentAllowed":100}`
		if got.StatusCode != 200 || got.text != want {
			t.Errorf("%s: got %d %s", path, got.StatusCode, got.text)
		}
		if got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("headers: %v", got.Header)
		}
	}
	if got := h.get(t, "/.well-known/lnurlp/bob"); strings.Contains(got.text, "commentAllowed") {
		t.Errorf("bob takes notes: %s", got.text)
	}
}

func TestOffersThatNoWalletMistakes(t *testing.T) {
	h := open(t, nil)
	if got := h.get(t, "/.well-known/lnurlp/carol").text; !strings.Contains(got, `"minSendable":1,"maxSendable":1000`) || !strings.Contains(got, `"commentAllowed":280`) {
		t.Errorf("got %s", got)
	}
	if a, _ := h.refused(t, "/.well-known/lnurlp/full"); a.StatusCode != 503 {
		t.Errorf("who can take nothing: got %d", a.StatusCode)
	}
	h.refused(t, "/lnurlp/carol?amount=0")
	h.refused(t, "/lnurlp/full?amount=999")
	for _, path := range []string{"/.well-known/lnurlp/alice", "/lnurlp/alice?amount=1000"} {
		a := h.do(t, h.request(t, http.MethodOptions, path, ""))
		if a.StatusCode != 204 || a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Headers") != "*" {
			t.Errorf("before it asks, a browser gets %d %v", a.StatusCode, a.Header)
		}
	}
	if len(h.orders()) != 0 {
		t.Errorf("the desk was asked for %+v", h.orders())
	}
}

// Our own client, which believes nobody, believes this.
func TestAnInvoiceForAlice(t *testing.T) {
	h := open(t, nil)
	got := h.get(t, "/.well-known/lnurlp/alice")
	target, err := lnurl.Parse("alice@pay.example.org")
	if err != nil {
		t.Fatal(err)
	}
	offer, err := lnurl.ParseOffer([]byte(got.text), target)
	if err != nil {
		t.Fatal(err)
	}
	r := lnurl.Request{Offer: offer, Amount: 123_456, Comment: "for ☕ & cake"}
	link, err := r.URL()
	if err != nil {
		t.Fatal(err)
	}
	req := h.request(t, http.MethodGet, strings.TrimPrefix(link, public), "")
	req.Header.Set("Accept-Language", "fr") // what is hashed does not depend on who asks
	quote, err := lnurl.ParseQuote([]byte(h.do(t, req).text), r)
	if err != nil || !strings.HasPrefix(quote.Invoice, "lnbcrt1234n1p") {
		t.Fatalf("got %+v, %v", quote, err)
	}
	want := order{"alice", 123_456, sha256.Sum256([]byte(offer.Metadata.String())), "for ☕ & cake"}
	if orders := h.orders(); !slices.Equal(orders, []order{want}) {
		t.Errorf("the desk was asked for %+v, want %+v", orders, want)
	}
}

type refusal struct{ Status, Reason string }

func (h *house) refused(t *testing.T, path string) (answer, refusal) {
	t.Helper()
	a := h.get(t, path)
	var r refusal
	if err := json.Unmarshal([]byte(a.text), &r); err != nil || r.Status != "ERROR" || r.Reason == "" {
		t.Errorf("%s: got %d %q, want an error in JSON", path, a.StatusCode, a.text)
	}
	if a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%s: no CORS", path)
	}
	return a, r
}

func TestStrangeCallbacks(t *testing.T) {
	h := open(t, nil)
	for name, tt := range map[string]struct{ path, reason string }{
		"no amount":                 {"/lnurlp/alice", "whole number"},
		"an empty amount":           {"/lnurlp/alice?amount=", "whole number"},
		"two amounts":               {"/lnurlp/alice?amount=1000&amount=2000", "whole number"},
		"two notes":                 {"/lnurlp/alice?amount=1000&comment=a&comment=b", "whole number"},
		"below nothing":             {"/lnurlp/alice?amount=-1000", "whole number"},
		"a plus":                    {"/lnurlp/alice?amount=%2B1000", "whole number"},
		"a fraction":                {"/lnurlp/alice?amount=1000.5", "whole number"},
		"an exponent":               {"/lnurlp/alice?amount=1e6", "whole number"},
		"hexadecimal":               {"/lnurlp/alice?amount=0x3e8", "whole number"},
		"a space":                   {"/lnurlp/alice?amount=%201000", "whole number"},
		"other digits":              {"/lnurlp/alice?amount=%D9%A1000", "whole number"},
		"beyond 64 bits":            {"/lnurlp/alice?amount=99999999999999999999", "whole number"},
		"more than there is":        {"/lnurlp/alice?amount=9223372036854775807", "whole number"},
		"a broken escape":           {"/lnurlp/alice?amount=1000&comment=%zz", "whole number"},
		"a semicolon":               {"/lnurlp/alice?amount=1000;comment=x", "whole number"},
		"nothing":                   {"/lnurlp/alice?amount=0", "From 1"},
		"one msat below":            {"/lnurlp/alice?amount=999", "From 1"},
		"one msat above":            {"/lnurlp/alice?amount=1000000001", "From 1"},
		"a note that is too long":   {"/lnurlp/alice?amount=1000&comment=" + strings.Repeat("%C3%A9", 101), "at most 100"},
		"a note that is no text":    {"/lnurlp/alice?amount=1000&comment=%ff%fe", "at most 100"},
		"a note for who takes none": {"/lnurlp/bob?amount=10000&comment=x", "at most 0"},
		"nobody":                    {"/lnurlp/nobody?amount=1000", "Nobody"},
		"a name that can not be":    {"/lnurlp/a%2Fb?amount=1000", "Nobody"},
		"a name with a line end":    {"/lnurlp/alice%0d%0a?amount=1000", "Nobody"},
		"an endless name":           {"/lnurlp/" + strings.Repeat("a", 2000) + "?amount=1000", "Nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, r := h.refused(t, tt.path); !strings.Contains(r.Reason, tt.reason) {
				t.Errorf("the reason is %q", r.Reason)
			}
		})
	}
	if orders := h.orders(); len(orders) != 0 {
		t.Errorf("the desk was asked for %+v", orders)
	}
}

func TestTheDeskSaysNo(t *testing.T) {
	h := open(t, nil)
	for name, tt := range map[string]struct {
		failure error
		status  int
		reason  string
	}{
		"what nobody foresaw":       {errors.New("pq: secret"), 503, "Try again later"},
		"a node that is away":       {fault.Wrap(errors.New("secret"), fault.Unavailable, "lnurl.silent", fault.Args{"host": "node"}), 503, "node does not answer"},
		"a request that is not met": {fault.New(fault.Conflict, "web.unknown", nil), 200, "Nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			h.failure = tt.failure
			a, r := h.refused(t, "/lnurlp/alice?amount=1000")
			if a.StatusCode != tt.status || !strings.Contains(r.Reason, tt.reason) || strings.Contains(a.text, "secret") {
				t.Errorf("got %d %q", a.StatusCode, r.Reason)
			}
		})
	}
	if a, r := h.refused(t, "/.well-known/lnurlp/broken"); a.StatusCode != 503 || strings.Contains(r.Reason, "10.0.0.5") {
		t.Errorf("got %d %q", a.StatusCode, r.Reason)
	}
}

// Who asks for nobody costs the desk the same question.
func TestNobodyIsLookedForAsSomebodyIs(t *testing.T) {
	h := open(t, nil)
	a, _ := h.refused(t, "/.well-known/lnurlp/nobody")
	if a.StatusCode != 404 {
		t.Errorf("got %d", a.StatusCode)
	}
	h.get(t, "/.well-known/lnurlp/alice")
	h.refused(t, "/.well-known/lnurlp/no%20body") // can not be, and tells nothing
	if want := []string{"nobody", "alice"}; !slices.Equal(h.asked, want) {
		t.Errorf("the desk was asked for %q, want %q", h.asked, want)
	}
}

// What we say of ourselves does not come from the request.
func TestAForgedHostIsIgnored(t *testing.T) {
	h := open(t, func(o *web.Options) { o.URL = public + "/" })
	for _, path := range []string{"/.well-known/lnurlp/alice", "/@alice", "/", "/@nobody", "/lnurlp/alice?amount=1000"} {
		req := h.request(t, http.MethodGet, path, "")
		req.Host = "evil.example"
		for name, value := range map[string]string{
			"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example", "X-Original-URL": "/evil.example",
			"X-Forwarded-Prefix": "/evil.example", "Origin": "https://evil.example", "Referer": "https://evil.example/",
		} {
			req.Header.Set(name, value)
		}
		a := h.do(t, req)
		link, err := lnurl.Encode("https://evil.example/.well-known/lnurlp/alice")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(a.text, "evil") || strings.Contains(a.text, link) || a.Header.Get("Location") != "" {
			t.Errorf("%s: %v %s", path, a.Header, a.text)
		}
	}
}

func TestEveryKindOfFaultHasAStatus(t *testing.T) {
	h := open(t, nil)
	for _, kind := range fault.Kinds {
		h.failure = fault.New(kind, "web.later", nil)
		if a, _ := h.refused(t, "/lnurlp/alice?amount=1000"); a.StatusCode < 200 {
			t.Errorf("%s: got %d", kind, a.StatusCode)
		}
	}
}

func TestBadOptions(t *testing.T) {
	good := web.Options{URL: public, Desk: &desk{}, Phrases: phrases(t)}
	for name, change := range map[string]func(*web.Options){
		"no URL":                    func(o *web.Options) { o.URL = "" },
		"a host only":               func(o *web.Options) { o.URL = "example.org" },
		"a path":                    func(o *web.Options) { o.URL = "https://example.org/pay" },
		"a password":                func(o *web.Options) { o.URL = "https://u:p@example.org" },
		"a query":                   func(o *web.Options) { o.URL = "https://example.org?x=1" },
		"http on the Internet":      func(o *web.Options) { o.URL = "http://example.org" },
		"a certificate without key": func(o *web.Options) { o.Cert = "x.pem" },
		"a key without certificate": func(o *web.Options) { o.Key = "x.pem" },
		"nobody at the desk":        func(o *web.Options) { o.Desk = nil },
		"no words":                  func(o *web.Options) { o.Phrases = nil },
	} {
		o := good
		change(&o)
		if _, err := web.New(o); err == nil {
			t.Errorf("%s: is taken", name)
		}
	}
	open := good
	open.Listen = "0.0.0.0:0"
	d, err := web.New(open)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := d.Listen(t.Context()); err == nil {
		l.Close()
		t.Error("plain HTTP is open to others")
	}
}

func FuzzCallback(f *testing.F) {
	for _, q := range []string{"amount=1000", "amount=1000&comment=caf%C3%A9", "amount=1e3", "amount=1000&amount=1", "comment=%00&amount=5000", "payerdata=%7B%7D&amount=1000"} {
		f.Add("alice", q)
	}
	f.Add("no/body", "amount=1000")
	h := &house{desk: &desk{}}
	var err error
	if h.door, err = web.New(web.Options{URL: public, Desk: h.desk, Phrases: phrases(f), Limits: generous}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, query string) {
		before := len(h.orders())
		a := h.answer(t, name, query)
		var q struct{ Status, Reason, PR string }
		if err := json.Unmarshal([]byte(a), &q); err != nil {
			t.Fatalf("%q?%q: %q is no JSON", name, query, a)
		}
		made := h.orders()[before:]
		switch {
		case q.PR != "" && (len(made) != 1 || made[0].m < people[made[0].name].Min || made[0].m > people[made[0].name].Max):
			t.Fatalf("%q?%q: made %+v", name, query, made)
		case q.PR == "" && (q.Status != "ERROR" || q.Reason == "" || len(made) != 0):
			t.Fatalf("%q?%q: %q, and made %+v", name, query, a, made)
		}
		for _, o := range made {
			if len([]rune(o.comment)) > people[o.name].Comment || strings.ContainsAny(o.comment, "\x00\n\u202e") {
				t.Fatalf("%q?%q: the note is %q", name, query, o.comment)
			}
		}
	})
}

// answer asks without a connection, which a fuzzer has too many of.
func (h *house) answer(t *testing.T, name, query string) string {
	r := httptest.NewRequest(http.MethodGet, "/lnurlp/x", nil).WithContext(t.Context())
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = "/lnurlp/"+name, "/lnurlp/"+url.PathEscape(name), query
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	if w.Code >= 300 && w.Code < 400 {
		return `{"Status":"ERROR","Reason":"a path that is cleaned"}`
	}
	return w.Body.String()
}
