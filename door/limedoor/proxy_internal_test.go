package limedoor

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// Who comes to the websocket through a proxy of ours does not share the limits
// of everybody behind it, and nobody else is believed.
func TestWhoComesThroughAProxy(t *testing.T) {
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Options{Domain: "example.org", Desk: command.New(&wallet.Service{}), Words: words, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	for remote, want := range map[string]string{"127.0.0.1:5000": "198.51.100.9", "192.0.2.1:5000": "192.0.2.1"} {
		r := httptest.NewRequest("GET", "/lime", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", "203.0.113.5, 198.51.100.9")
		if got := d.server.Client(r); got != want {
			t.Errorf("from %s it is %s, want %s", remote, got, want)
		}
	}
}
