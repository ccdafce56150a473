package p2p_test

import (
	"context"
	"errors"
	gonet "net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

// seeded is a network with a DNS seed of its own.
func seeded() *chaincfg.Params {
	p := chaincfg.RegressionNetParams
	p.DNSSeeds = []chaincfg.DNSSeed{{Host: "seed.example"}}
	return &p
}

// polite answers versions and pings until the connection ends, and getaddr with addrs.
func polite(c *caller, addrs ...string) {
	for {
		m, err := c.hear()
		if err != nil {
			return
		}
		switch m := m.(type) {
		case *wire.MsgVersion:
			_ = c.trySay(hello())
			_ = c.trySay(wire.NewMsgVerAck())
		case *wire.MsgPing:
			_ = c.trySay(wire.NewMsgPong(m.Nonce))
		case *wire.MsgGetAddr:
			list := wire.NewMsgAddr()
			for _, a := range addrs {
				_ = list.AddAddress(&wire.NetAddress{Timestamp: time.Now(), Services: wire.SFNodeNetwork, IP: gonet.ParseIP(a), Port: 18444})
			}
			_ = c.trySay(list)
		}
	}
}

// The addresses of this test are others', but nothing goes there: the dialler
// knows only loopback.
func TestPeersAreFound(t *testing.T) {
	seed, friend := listen(t), listen(t)
	where := map[string]string{"11.1.1.1:18444": seed.addr, "12.1.1.1:18444": friend.addr}
	d := &dials{find: func(addr string) string { return where[addr] }}
	dir := t.TempDir()
	cfg := p2p.Config{
		Params: seeded(), Discover: true, DataDir: dir, V2: p2p.V2Off, Dial: d.dial,
		Lookup: func(_ context.Context, host string) ([]gonet.IPAddr, error) {
			if host != "seed.example" {
				return nil, errors.New("who is that?")
			}
			return []gonet.IPAddr{{IP: gonet.ParseIP("11.1.1.1")}}, nil
		},
	}
	c, stop := startFor(t, cfg)
	for _, f := range []*fake{seed, friend} {
		conn := f.accept(t)
		go polite(conn, "12.1.1.1", "12.1.1.1")
	}
	if err := c.Ready(within(t), 2); err != nil {
		t.Fatal(err)
	}
	m, _, err := c.Request(within(t), wire.NewMsgGetAddr())
	if err != nil || !slices.Contains(p2p.Addresses(m), "12.1.1.1:18444") {
		t.Errorf("getaddr: got %v, %v", p2p.Addresses(m), err)
	}
	stop()

	// The next life knows them from the file, and needs no seeds.
	cfg.Lookup = func(context.Context, string) ([]gonet.IPAddr, error) { return nil, errors.New("no DNS today") }
	start(t, cfg)
	conn := friend.accept(t)
	go polite(conn)
}

func TestSeedsAreAskedOnlyIfWanted(t *testing.T) {
	f := listen(t)
	var asked atomic.Int32
	c := start(t, p2p.Config{Params: seeded(), Peers: []string{f.addr}, V2: p2p.V2Off, Lookup: func(context.Context, string) ([]gonet.IPAddr, error) {
		asked.Add(1)
		return nil, errors.New("no")
	}})
	conn := f.accept(t)
	go polite(conn)
	if err := c.Ready(within(t), 1); err != nil {
		t.Fatal(err)
	}
	if asked.Load() > 0 {
		t.Error("DNS was asked, and nobody wanted that")
	}
}

// With a proxy nothing is looked up here: the proxy finds the seed itself.
func TestAProxyFindsTheSeeds(t *testing.T) {
	proxy, seed, d := startSocks(t, false), listen(t), &dials{}
	proxy.find = func(addr string) string {
		if strings.HasPrefix(addr, "seed.example:") {
			return seed.addr
		}
		return "127.0.0.1:1"
	}
	start(t, p2p.Config{
		Params: seeded(), Discover: true, Proxy: proxy.addr, Dial: d.dial,
		Lookup: func(context.Context, string) ([]gonet.IPAddr, error) {
			t.Error("DNS was asked although there is a proxy")
			return nil, errors.New("no")
		},
	})
	conn := seed.accept(t)
	go polite(conn)
	d.only(t, proxy.addr)
}

// The slowest of those that were found makes room for others.
func TestPeersRotate(t *testing.T) {
	fakes := map[string]*fake{}
	where := map[string]string{}
	var ips []gonet.IPAddr
	for _, ip := range []string{"11.1.1.1", "12.1.1.1", "13.1.1.1"} {
		f := listen(t)
		fakes[ip], where[ip+":18444"] = f, f.addr
		ips = append(ips, gonet.IPAddr{IP: gonet.ParseIP(ip)})
		go func() {
			for {
				conn, err := f.l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					polite(&caller{Conn: conn, r: newReader(conn), magic: params.Net})
				}()
			}
		}()
	}
	d := &dials{find: func(addr string) string { return where[addr] }}
	start(t, p2p.Config{
		Params: seeded(), Discover: true, V2: p2p.V2Off, Dial: d.dial, MaxPeers: 2, Times: p2p.Times{Rotate: 50 * time.Millisecond, Backoff: time.Minute},
		Lookup: func(context.Context, string) ([]gonet.IPAddr, error) { return ips, nil },
	})
	until(t, "the third was called, too", func() bool {
		all := d.seen()
		return slices.Contains(all, "11.1.1.1:18444") && slices.Contains(all, "12.1.1.1:18444") && slices.Contains(all, "13.1.1.1:18444")
	})
}
