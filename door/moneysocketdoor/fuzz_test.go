package moneysocketdoor_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
)

// Whatever stands in the header of a proxy, somebody is counted and nobody
// falls over.
func FuzzForwarded(f *testing.F) {
	for _, text := range []string{"", "192.0.2.1", "192.0.2.1, ::ffff:10.0.0.1", "fe80::1%eth0", "[2001:db8::1]:443", ",,,", "unknown"} {
		f.Add("127.0.0.1:5000", text)
		f.Add("[::1]:5000", text)
	}
	f.Add("@", "192.0.2.1")
	x, err := moneysocketdoor.New(moneysocketdoor.Options{Desk: newDesk(), Words: phrases(), Instance: "one", Listen: "127.0.0.1:0", URL: "wss://example.org",
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::/1")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", forwarded)
		x.ServeHTTP(w, r)
		if w.Code < 400 {
			t.Errorf("no websocket was answered %d", w.Code)
		}
		if n := x.Counts().Relay.Connections; n != 0 {
			t.Errorf("%d connections stay", n)
		}
	})
}
