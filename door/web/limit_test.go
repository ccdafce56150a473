package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/bitcoim/bitcoim/door/web"
)

// few lets n of one kind through, and never more: a minute brings almost
// nothing back.
func few(n int) web.Rate { return web.Rate{PerMinute: 0, Burst: n} }

func (h *house) from(t *testing.T, forwarded, path string) int {
	t.Helper()
	req := h.request(t, http.MethodGet, path, "")
	if forwarded != "" {
		req.Header.Set("X-Forwarded-For", forwarded)
	}
	return h.do(t, req).StatusCode
}

func behindProxy(o *web.Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

func TestOneAddressCanNotAskForever(t *testing.T) {
	h := open(t, func(o *web.Options) { o.Limits.Requests = few(3); behindProxy(o) })
	for i := range 5 {
		want := 200
		if i >= 3 {
			want = 429
		}
		if got := h.from(t, "9.9.9.9", "/.well-known/lnurlp/alice"); got != want {
			t.Errorf("request %d: got %d, want %d", i, got, want)
		}
	}
	if got := h.from(t, "9.9.9.10", "/.well-known/lnurlp/alice"); got != 200 {
		t.Errorf("a neighbour: got %d", got)
	}
	if got := h.from(t, "9.9.9.9", "/healthz"); got != 200 {
		t.Errorf("health: got %d", got)
	}
	req := h.request(t, http.MethodGet, "/@alice", "")
	req.Header.Set("X-Forwarded-For", "9.9.9.9")
	if a := h.do(t, req); a.StatusCode != 429 || a.Header.Get("Retry-After") == "" {
		t.Errorf("a page: got %d %v", a.StatusCode, a.Header)
	}
}

// Only our own proxies are believed, and only what they wrote.
func TestWhoIsAsking(t *testing.T) {
	for name, tt := range map[string]struct {
		proxies       string
		first, second string // X-Forwarded-For of two requests
		same          bool
	}{
		"two addresses by our proxy":             {"127.0.0.0/8", "1.1.1.1", "1.1.1.2", false},
		"one address by our proxy":               {"127.0.0.0/8", "1.1.1.1", "1.1.1.1", true},
		"no proxy of ours is believed":           {"10.0.0.0/8", "1.1.1.1", "1.1.1.2", true},
		"what stands before was forged":          {"127.0.0.0/8", "7.7.7.7, 1.1.1.1", "8.8.8.8, 1.1.1.1", true},
		"two proxies of ours":                    {"127.0.0.0/8", "1.1.1.1, 127.0.0.9", "1.1.1.2, 127.0.0.9", false},
		"forged behind two proxies":              {"127.0.0.0/8", "7.7.7.7, 1.1.1.1, 127.0.0.9", "8.8.8.8, 1.1.1.1, 127.0.0.9", true},
		"nonsense is the proxy itself":           {"127.0.0.0/8", "unknown", "_hidden", true},
		"nonsense behind an address":             {"127.0.0.0/8", "1.1.1.1, x", "1.1.1.2, y", true},
		"nothing":                                {"127.0.0.0/8", "", "", true},
		"a household of IPv6":                    {"127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true},
		"two households of IPv6":                 {"127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		"IPv4 inside of IPv6 is the same":        {"127.0.0.0/8", "::ffff:1.1.1.1", "1.1.1.1", true},
		"addresses of IPv4 in IPv6 are not one":  {"127.0.0.0/8", "::ffff:1.1.1.1", "::ffff:1.1.1.2", false},
		"a zone makes nobody new":                {"127.0.0.0/8", "fe80::1%a", "fe80::1%b", true},
		"an address with a port is not believed": {"127.0.0.0/8", "1.1.1.1:1", "1.1.1.2:2", true},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, func(o *web.Options) {
				o.Limits.Requests = few(1)
				o.Proxies = []netip.Prefix{netip.MustParsePrefix(tt.proxies)}
			})
			if got := h.from(t, tt.first, "/@alice"); got != 200 {
				t.Errorf("the first: got %d", got)
			}
			want := 200
			if tt.same {
				want = 429
			}
			if got := h.from(t, tt.second, "/@alice"); got != want {
				t.Errorf("the second: got %d, want %d", got, want)
			}
		})
	}
}

func TestInvoicesAreBounded(t *testing.T) {
	const alice, bob = "/lnurlp/alice?amount=10000", "/lnurlp/bob?amount=10000"
	type ask struct {
		from, path string
		want       int
	}
	for name, tt := range map[string]struct {
		set  func(*web.Limits)
		asks []ask
	}{
		"by address": {func(l *web.Limits) { l.Invoices = few(1) },
			[]ask{{"1.1.1.1", alice, 200}, {"1.1.1.1", bob, 429}, {"1.1.1.2", alice, 200}}},
		"by payee": {func(l *web.Limits) { l.Payee = few(1) },
			[]ask{{"1.1.1.1", alice, 200}, {"1.1.1.2", alice, 429}, {"1.1.1.2", bob, 200}}},
		"in all": {func(l *web.Limits) { l.All = few(1) },
			[]ask{{"1.1.1.1", alice, 200}, {"1.1.1.2", bob, 429}}},
		"one who is over his limit takes nothing from others": {func(l *web.Limits) { l.Invoices, l.All = few(1), few(2) },
			[]ask{{"1.1.1.1", alice, 200}, {"1.1.1.1", alice, 429}, {"1.1.1.1", alice, 429}, {"1.1.1.2", bob, 200}}},
		"what is refused costs nothing": {func(l *web.Limits) { l.Invoices = few(1) },
			[]ask{{"1.1.1.1", "/lnurlp/alice?amount=1", 200}, {"1.1.1.1", "/lnurlp/nobody?amount=1000", 404}, {"1.1.1.1", alice, 200}, {"1.1.1.1", alice, 429}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, func(o *web.Options) { tt.set(&o.Limits); behindProxy(o) })
			for i, a := range tt.asks {
				if got := h.from(t, a.from, a.path); got != a.want {
					t.Errorf("%d: %s asks %s: got %d, want %d", i, a.from, a.path, got, a.want)
				}
			}
		})
	}
}

// Guessing names ends sooner than asking for those there are.
func TestGuessingNamesIsSlow(t *testing.T) {
	count := func(path func(int) string) (n int) {
		h := open(t, func(o *web.Options) { o.Limits.Requests = few(80) })
		for h.from(t, "", path(n)) != 429 {
			n++
		}
		return n
	}
	somebody := count(func(int) string { return "/.well-known/lnurlp/alice" })
	nobody := count(func(i int) string { return fmt.Sprintf("/.well-known/lnurlp/guess%d", i) })
	page := count(func(i int) string { return fmt.Sprintf("/@guess%d", i) })
	if somebody != 80 || nobody != 10 || page != 10 {
		t.Errorf("%d, %d and %d requests, want 80, 10 and 10", somebody, nobody, page)
	}
}

// However many come, what is remembered of them is bounded, and the last are
// remembered.
func TestTheTableIsBounded(t *testing.T) {
	h := open(t, func(o *web.Options) { o.Limits.Requests, o.Limits.Table = few(1), 10; behindProxy(o) })
	for i := range 200 {
		if got := h.from(t, fmt.Sprintf("1.1.%d.1", i), "/@alice"); got != 200 {
			t.Fatalf("address %d: got %d", i, got)
		}
	}
	for i, want := range map[int]int{199: 429, 191: 429, 150: 200} {
		if got := h.from(t, fmt.Sprintf("1.1.%d.1", i), "/@alice"); got != want {
			t.Errorf("address %d again: got %d, want %d", i, got, want)
		}
	}
}
