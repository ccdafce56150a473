package moneysocketdoor_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/internal/sandbox/certificate/certtest"
	"github.com/bitcoim/bitcoim/moneysocket"
)

func TestWhatADoorNeeds(t *testing.T) {
	good := moneysocketdoor.Options{Desk: newDesk(), Words: phrases(), Instance: "one", Listen: "127.0.0.1:0", URL: "wss://example.org"}
	for name, tt := range map[string]struct {
		change func(*moneysocketdoor.Options)
		fine   bool
	}{
		"all it needs":            {func(*moneysocketdoor.Options) {}, true},
		"a port":                  {func(o *moneysocketdoor.Options) { o.URL = "wss://example.org:8443/" }, true},
		"no relay":                {func(o *moneysocketdoor.Options) { o.Listen, o.URL = "", "" }, true},
		"plain, if that is meant": {func(o *moneysocketdoor.Options) { o.URL, o.AllowPlain = "ws://localhost:5000", true }, true},
		"no desk":                 {func(o *moneysocketdoor.Options) { o.Desk = nil }, false},
		"no phrases":              {func(o *moneysocketdoor.Options) { o.Words = nil }, false},
		"no name":                 {func(o *moneysocketdoor.Options) { o.Instance = "" }, false},
		"no URL":                  {func(o *moneysocketdoor.Options) { o.URL = "" }, false},
		"plain":                   {func(o *moneysocketdoor.Options) { o.URL = "ws://example.org" }, false},
		"a web page":              {func(o *moneysocketdoor.Options) { o.URL = "https://example.org" }, false},
		"a path":                  {func(o *moneysocketdoor.Options) { o.URL = "wss://example.org/apps" }, false},
		"a user":                  {func(o *moneysocketdoor.Options) { o.URL = "wss://ann@example.org" }, false},
		"port 0":                  {func(o *moneysocketdoor.Options) { o.URL = "wss://example.org:0" }, false},
		"half a certificate":      {func(o *moneysocketdoor.Options) { o.Cert = "cert.pem" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			tt.change(&o)
			if _, err := moneysocketdoor.New(o); (err == nil) != tt.fine {
				t.Errorf("got %v", err)
			}
		})
	}
	l, err := moneysocketdoor.Location("wss://[2001:db8::1]:8443", false)
	if want := (moneysocket.Location{Host: "2001:db8::1", Port: 8443}); err != nil || l != want {
		t.Errorf("got %+v, %v", l, err)
	}
	if b, err := moneysocket.ParseBeacon(moneysocket.Beacon{Locations: []moneysocket.Location{l}}.String()); err != nil || b.Locations[0].URL() != "wss://[2001:db8::1]:8443" {
		t.Errorf("it comes out of a beacon as %+v, %v", b, err)
	}
}

func TestOnlyLoopbackWithoutTLS(t *testing.T) {
	for plain, fine := range map[bool]bool{true: true, false: false} {
		x, err := moneysocketdoor.New(moneysocketdoor.Options{Desk: newDesk(), Words: phrases(), Instance: "one", Listen: "0.0.0.0:0", URL: "wss://example.org", AllowPlain: plain})
		if err != nil {
			t.Fatal(err)
		}
		l, err := x.Listen(t.Context())
		if (err == nil) != fine {
			t.Errorf("plain allowed %v: got %v", plain, err)
		}
		if l != nil {
			l.Close()
		}
	}
}

func TestTLS(t *testing.T) {
	cert, key, roots := certtest.Write(t, "127.0.0.1")
	d := newDesk()
	h := open(t, d, func(o *moneysocketdoor.Options) {
		o.Cert, o.Key, o.AllowPlain, o.URL = cert, key, false, "wss://127.0.0.1"
	})
	b := moneysocket.Beacon{Seed: d.link(seeded()).Seed, Locations: []moneysocket.Location{{Host: h.at.Host, Port: h.at.Port}}}
	a := &moneysocket.Consumer{Link: moneysocket.Outgoing(b, moneysocket.Dialer{TLS: &tls.Config{RootCAs: roots, NextProtos: []string{"h2", "http/1.1"}}})}
	background(t, func(ctx context.Context) { _ = a.Run(ctx) })
	bolt11, proof := bill(t.Name(), 1000)
	if got, err := a.Pay(soon(t), bolt11); err != nil || got != proof {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestACertificateThatIsNotThere(t *testing.T) {
	x, err := moneysocketdoor.New(moneysocketdoor.Options{Desk: newDesk(), Words: phrases(), Instance: "one", Listen: "127.0.0.1:0", URL: "wss://example.org", Cert: "none", Key: "none"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := x.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Serve(t.Context(), l); err == nil {
		t.Error("a door opened without its certificate")
	}
}

// Behind a proxy the limit of an address is the client's; anybody else may
// write into the header what he likes.
func TestWhoComesThroughAProxy(t *testing.T) {
	for name, tt := range map[string]struct {
		proxies []netip.Prefix
		come    []string // X-Forwarded-For, one after the other
		in      []bool
	}{
		"behind ours": {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")},
			[]string{"192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.9, 192.0.2.2", "192.0.2.3, 10.0.0.1", "192.0.2.3", "2001:db8::1", "2001:db8::2"},
			[]bool{true, false, true, false, true, false, true, false}},
		"behind nobody": {nil, []string{"192.0.2.1", "192.0.2.2"}, []bool{true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, newDesk(), func(o *moneysocketdoor.Options) { o.Proxies, o.Limits.Frames.PerAddress = tt.proxies, 1 })
			for n, from := range tt.come {
				c, err := net.Dial("tcp", h.at.URL()[len("ws://"):])
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", from)
				resp, err := http.ReadResponse(bufio.NewReader(c), nil)
				if in := err == nil && resp.StatusCode == http.StatusSwitchingProtocols; in != tt.in[n] {
					t.Errorf("%d, from %s: got in %v, %v", n, from, in, err)
				}
			}
		})
	}
}
