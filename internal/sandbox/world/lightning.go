package world

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
)

// Names of the web doors; the gateways' only.
const (
	Site      = "bitcoin.example"
	OtherSite = "other.example"
)

// lightningWorld is what the gateways of one world need besides.
type lightningWorld struct {
	macaroon string            // of the first node, for what a gateway does and no more
	web      map[string]string // address of each site
}

// startNet runs the gateway's node, a stranger's, and another gateway's.
func (w *World) startNet(ctx context.Context, dir string, bin nodes.Bin) (err error) {
	if w.Net, err = regtest.StartNet(ctx, dir, bin, 3); err != nil {
		return err
	}
	w.Chain, w.LND = w.Net.Chain, w.Net.Nodes[0]
	for _, name := range []string{"near", "far"} {
		from := append([]*regtest.Chain{w.Chain}, w.Peers...)[len(w.Peers)]
		peer, err := from.StartPeer(ctx, filepath.Join(dir, name), bin)
		if err != nil {
			return err
		}
		w.Peers = append(w.Peers, peer)
	}
	if path, ok := nodes.Bitcoind(); ok {
		// The nodes stay on btcd: an LND may be too old for a bitcoind.
		if w.Core, err = w.Chain.StartBitcoindPeer(ctx, filepath.Join(dir, "core"), path); err != nil {
			return err
		}
		if err := w.Core.CreateWallet(ctx); err != nil {
			return err
		}
	}
	bake := Bake
	if w.Core != nil {
		bake = bakeLightning
	}
	if w.ln.macaroon, err = bake(ctx, w.LND); err != nil {
		return err
	}
	ports, err := port.Several(2)
	if err != nil {
		return err
	}
	w.ln.web = map[string]string{Site: port.Address(ports[0]), OtherSite: port.Address(ports[1])}
	for _, site := range []string{Site, OtherSite} {
		if err := w.certify(site); err != nil {
			return err
		}
	}
	return nil
}

// Bake makes the macaroon that a gateway needs, for wallet and channels.
func Bake(ctx context.Context, l *regtest.LND) (string, error) {
	return l.Bake(ctx, "bitcoim", append(lightning.Permissions(), chain.Permissions()...)...)
}

// bakeLightning makes the one of a gateway whose wallet is elsewhere: more would be
// refused.
func bakeLightning(ctx context.Context, l *regtest.LND) (string, error) {
	return l.Bake(ctx, "bitcoim", lightning.Permissions()...)
}

// nodeSettings say how a gateway reaches its node.
func (w *World) nodeSettings(l *regtest.LND, macaroon string) map[string]string {
	return map[string]string{"lnd.url": quote("https://" + l.RESTAddr), "lnd.cert_file": quote(l.TLSCertPath), "lnd.macaroon_file": quote(macaroon)}
}

// lightningSettings are those of the gateways that share the first node. The
// web door is opened by the first only.
func (w *World) lightningSettings() map[string]string {
	keys := w.nodeSettings(w.LND, w.ln.macaroon)
	keys["lightning.backend"], keys["lightning.poll"], keys["lightning.node"] = quote("lnd"), quote("1s"), quote(w.LND.PubKey)
	allow := ""
	for _, site := range []string{Site, OtherSite} {
		allow += quote(site+"="+w.ln.web[site]) + ", "
	}
	keys["p2p.enabled"], keys["p2p.main"] = "true", quote(w.Chain.P2P)
	keys["p2p.peers"] = "[" + quote(w.Peers[0].P2P) + ", " + quote(w.Peers[1].P2P) + "]"
	keys["egress.allow"], keys["egress.ca_file"] = "["+allow+"]", quote(filepath.Join(w.Dir, "ca.pem"))
	if len(w.Gateways) == 0 {
		maps.Copy(keys, w.webSettings(Site))
	}
	return keys
}

// doorSettings are the doors for programs, of which each gateway has its own.
func (w *World) doorSettings() (map[string]string, error) {
	ports, err := port.Several(2)
	if err != nil {
		return nil, err
	}
	apps, bots := port.Address(ports[0]), port.Address(ports[1])
	return map[string]string{
		"moneysocket.enabled": "true", "moneysocket.listen": quote(apps), "moneysocket.url": quote("ws://" + apps), "moneysocket.allow_plain": "true",
		"lime.ws": quote(bots), "lime.urls": "[" + quote("ws://"+bots+"/lime") + "]", "lime.require_tls": "false",
	}, nil
}

func (w *World) webSettings(site string) map[string]string {
	return map[string]string{
		"web.listen": quote(w.ln.web[site]), "web.url": quote("https://" + site),
		"web.cert_file": quote(filepath.Join(w.Dir, site+".cert")), "web.key_file": quote(filepath.Join(w.Dir, site+".key")),
	}
}

// Stranger adds a gateway of somebody else, which does not run yet: a domain,
// a database, a node and a web door of its own.
func (w *World) Stranger(ctx context.Context) (*Gateway, error) {
	l := w.Net.Nodes[2]
	macaroon, err := Bake(ctx, l)
	if err != nil {
		return nil, err
	}
	keys := w.nodeSettings(l, macaroon)
	maps.Copy(keys, w.webSettings(OtherSite))
	keys["chain.backend"], keys["lightning.node"] = quote("lnd"), quote(l.PubKey) // the bitcoind has one wallet, which is ours
	keys["xmpp.domain"], keys["xmpp.server"] = quote(w.XMPP.Guest), quote(w.XMPP.GuestAddr)
	keys["database.driver"], keys["database.file"] = quote("sqlite"), quote(filepath.Join(w.Dir, "stranger.db"))
	g, err := w.Another(keys)
	if err != nil {
		return nil, err
	}
	for _, verb := range [][]string{{"db", "upgrade"}, {"check"}} {
		if _, err := g.Run(ctx, verb...); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// URL is the address at which a site really listens.
func (w *World) URL(site string) string { return fmt.Sprintf("https://%s", w.ln.web[site]) }
