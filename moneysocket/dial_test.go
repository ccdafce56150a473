//go:build !js

package moneysocket_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// location is where a test server is.
func location(t *testing.T, url string) moneysocket.Location {
	t.Helper()
	host, port, err := net.SplitHostPort(url[strings.Index(url, "//")+2:])
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return moneysocket.Location{Host: host, Port: uint16(n), Plain: strings.HasPrefix(url, "http:")}
}

var errGuard = errors.New("not to this address")

func TestTheGuardOfADialerIsAsked(t *testing.T) {
	at := serve(t, &moneysocket.Relay{})
	var asked []string
	d := moneysocket.Dialer{NetDial: func(_ context.Context, network, addr string) (net.Conn, error) {
		asked = append(asked, network+" "+addr)
		return nil, errGuard
	}}
	if _, err := d.Dial(soon(t), at); !errors.Is(err, errGuard) {
		t.Errorf("got %v", err)
	}
	at.Host = "localhost"
	if _, err := d.Dial(soon(t), at); !errors.Is(err, errGuard) {
		t.Errorf("got %v", err)
	}
	port := strconv.Itoa(int(at.Port))
	if len(asked) != 2 || asked[0] != "tcp 127.0.0.1:"+port || asked[1] != "tcp localhost:"+port {
		t.Errorf("asked %q", asked)
	}
}

// A server that is no websocket cannot send a dialler on to another.
func TestNoRedirectIsFollowed(t *testing.T) {
	for name, code := range map[string]int{"found": 302, "permanently": 308, "see other": 303} {
		t.Run(name, func(t *testing.T) {
			visited := 0
			other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited++ }))
			defer other.Close()
			first := httptest.NewServer(http.RedirectHandler(other.URL, code))
			defer first.Close()
			if _, err := (moneysocket.Dialer{}).Dial(soon(t), location(t, first.URL)); err == nil || visited > 0 {
				t.Errorf("%d visits to another server, %v", visited, err)
			}
		})
	}
}

func TestWhatIsNotDialled(t *testing.T) {
	never := moneysocket.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) {
		t.Error("dialled")
		return nil, errGuard
	}}
	for _, l := range []moneysocket.Location{
		{Host: ""}, {Host: "a/b"}, {Host: "a@b"}, {Host: "a b"}, {Host: "a:1"}, {Host: "a?b"}, {Host: "a\r\nHost: b"}, {Host: "[::1"}, {Host: "fe80::1%eth0"},
		{Transport: moneysocket.WebRTC, Placeholder: "x"},
	} {
		if _, err := never.Dial(soon(t), l); err == nil {
			t.Errorf("%+v was dialled", l)
		}
	}
	if _, err := moneysocket.Outgoing(moneysocket.Beacon{}, never).Open(soon(t)); err == nil {
		t.Error("a beacon without locations was dialled")
	}
}

func TestADialThatIsNotAnswered(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	at := location(t, "http://"+l.Addr().String())
	if _, err := (moneysocket.Dialer{Timeout: time.Millisecond}).Dial(soon(t), at); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// The second location of a beacon is tried if the first cannot be reached, and
// what is no websocket is passed over.
func TestLocationsAreTriedInTheirOrder(t *testing.T) {
	s := moneysocket.NewSeed()
	b := moneysocket.Beacon{Seed: s, Locations: []moneysocket.Location{
		{Transport: moneysocket.NFC}, {Host: "127.0.0.1", Port: 1, Plain: true}, serve(t, &moneysocket.Relay{}),
	}}
	c, err := moneysocket.Outgoing(b, moneysocket.Dialer{}).Open(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}

func TestTLSIsVerified(t *testing.T) {
	r := &moneysocket.Relay{Limits: loose}
	t.Cleanup(r.Close)
	server := httptest.NewUnstartedServer(r)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of who does not trust it
	server.StartTLS()
	t.Cleanup(server.Close)
	at := location(t, server.URL)
	if _, err := (moneysocket.Dialer{}).Dial(soon(t), at); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown certificate: got %v", err)
	}
	known := x509.NewCertPool()
	known.AddCert(server.Certificate())
	s := moneysocket.NewSeed()
	l := moneysocket.Outgoing(moneysocket.Beacon{Seed: s, Locations: []moneysocket.Location{at}}, moneysocket.Dialer{TLS: &tls.Config{RootCAs: known}, Limits: loose})
	a, w := newApp(l), newPurse(1_000_000)
	a.run(t)
	w.run(t, moneysocket.Incoming(r, s))
	converse(t, a, w)
}
