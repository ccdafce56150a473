package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/config"
	msdoor "github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// linked is a desk that knows nothing but links.
type linked struct {
	msdoor.Desk
	links []wallet.AppLink
}

func (l linked) AppLinks(context.Context, string) ([]wallet.AppLink, error) { return l.links, nil }

// journal is a log that a test reads while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) count(text string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), text)
}

// A beacon is what a stranger wrote: it leads nowhere in our own network, by
// whatever name, unless the operator said so.
func TestABeaconLeadsNowhereInOurNetwork(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan string, 100)
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came <- c.RemoteAddr().String()
			_ = c.Close()
		}
	})
	defer ended.Wait()
	defer l.Close()
	port := netip.MustParseAddrPort(l.Addr().String()).Port()
	hosts := []string{"127.0.0.1", "localhost", "::1", "0.0.0.0", "::ffff:127.0.0.1", "127.1", "2130706433", "0x7f000001", "169.254.169.254", "10.0.0.1"}
	dials := func(t *testing.T, allow ...string) (refused int) {
		t.Helper()
		var c config.Config
		c.Moneysocket.Enabled, c.Moneysocket.Dial, c.Moneysocket.AllowPlain = true, true, true
		c.Egress.Allow = allow
		var links []wallet.AppLink
		for i, host := range hosts {
			b := moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{{Host: host, Port: port, Plain: true}}}
			links = append(links, wallet.AppLink{ID: wallet.AppID(i + 1), Seed: b.Seed, Beacon: b.String(), Wallet: "5f3c9d0e-0000-4000-8000-000000000000"})
		}
		var log journal
		words, err := i18n.Load("")
		if err != nil {
			t.Fatal(err)
		}
		door, err := openMoneysocket(c, linked{links: links}, words, "one", slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		var serving sync.WaitGroup
		serving.Go(func() { _ = door.Serve(ctx, nil) })
		defer serving.Wait()
		defer stop()
		for ctx.Err() == nil && log.count("state=lost") < len(hosts) {
			time.Sleep(5 * time.Millisecond) // the door tells its log alone
		}
		return log.count("forbidden") + log.count("invalid host")
	}
	refused := dials(t)
	select {
	case from := <-came:
		t.Errorf("somebody came: %s", from)
	default:
	}
	if refused < len(hosts)-1 {
		t.Errorf("%d of %d were refused", refused, len(hosts))
	}
	dials(t, fmt.Sprintf("127.0.0.1:%d", port))
	select {
	case <-came:
	default:
		t.Error("where the operator allows it nobody came")
	}
}

func TestWhatCheckSaysOfMoneysocket(t *testing.T) {
	relay := func(c *config.Config) {
		c.Moneysocket.Enabled, c.Moneysocket.Listen, c.Moneysocket.URL = true, "127.0.0.1:11060", "wss://pay.example.org"
	}
	for name, tt := range map[string]struct {
		set  []func(*config.Config)
		said string
		err  string
	}{
		"off":     {nil, "off", ""},
		"a relay": {[]func(*config.Config){relay}, "wss://pay.example.org at 127.0.0.1:11060", ""},
		"a relay, and beacons of others": {[]func(*config.Config){relay, func(c *config.Config) { c.Moneysocket.Dial = true }},
			"wss://pay.example.org at 127.0.0.1:11060, beacons of apps", ""},
		"beacons of others": {[]func(*config.Config){func(c *config.Config) { c.Moneysocket.Enabled, c.Moneysocket.Dial = true, true }}, "beacons of apps", ""},
		"no URL":            {[]func(*config.Config){relay, func(c *config.Config) { c.Moneysocket.URL = "" }}, "", "moneysocket"},
		"a plain URL":       {[]func(*config.Config){relay, func(c *config.Config) { c.Moneysocket.URL = "ws://pay.example.org" }}, "", "moneysocket"},
		"no certificate": {[]func(*config.Config){relay, func(c *config.Config) {
			c.Moneysocket.CertFile, c.Moneysocket.KeyFile = "/nowhere/cert", "/nowhere/key"
		}}, "", "/nowhere"},
		"proxies": {[]func(*config.Config){relay, func(c *config.Config) { c.Moneysocket.Proxies = []string{"a proxy"} }}, "", "moneysocket.proxies"},
	} {
		t.Run(name, func(t *testing.T) {
			var c config.Config
			for _, set := range tt.set {
				set(&c)
			}
			said, err := checkMoneysocket(t.Context(), c)
			if said != tt.said || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v", said, err)
			}
		})
	}
}
