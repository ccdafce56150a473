package chain_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/chain/chaintest"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

const (
	stranger = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080" // BIP 173's key
	foreign  = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
)

// TestLND holds the contract with a macaroon that may do what LNDConfig says,
// and no more.
func TestLND(t *testing.T) {
	chaintest.Run(t, func(t *testing.T) chaintest.Bench {
		c, l := startLND(t)
		trust, err := trusting(l.TLSCertPath)
		if err != nil {
			t.Fatal(err)
		}
		way := loseAnswers(t, "https://"+l.RESTAddr, trust, func(r *http.Request, _ []byte) string {
			return r.Method + " " + r.URL.Path
		})
		cfg := chain.Config{LND: chain.LNDConfig{URL: way.server.URL, Macaroon: macaroon(t, l)}}
		return chaintest.Bench{
			Node: openLND(t, l, cfg), Network: "regtest", Stranger: stranger, Foreign: foreign,
			Again: func(t *testing.T) chain.Node { return openLND(t, l, chain.Config{}) },
			Lose:  way.loseNext("POST /v2/wallet/tx"), LoseFunds: way.loseNext("POST /v2/wallet/psbt/fund"),
			Mine:    func(ctx context.Context, n int) error { _, err := c.Mine(ctx, n); return err },
			Fund:    c.Fund,
			Restart: func(ctx context.Context) error { return killed(ctx, l) },
			Pause:   l.Pause, Resume: l.Resume,
			Reorg:   func(ctx context.Context, n int) error { _, err := c.Reorg(ctx, n); return err },
			Undo:    c.Undo,
			Replace: func(ctx context.Context, txid string) error { _, err := c.Replace(ctx, txid); return err },
		}
	})
}

// lndBench is an LND of the gateway's with the least macaroon, and nothing between.
func lndBench(t *testing.T) chaintest.Bench {
	t.Helper()
	c, l := startLND(t)
	cfg := chain.Config{LND: chain.LNDConfig{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, Macaroon: macaroon(t, l)}}
	return chaintest.Bench{
		Node: openLND(t, l, cfg), Network: "regtest", Stranger: stranger, Foreign: foreign,
		Mine:    func(ctx context.Context, n int) error { _, err := c.Mine(ctx, n); return err },
		Fund:    c.Fund,
		Restart: func(ctx context.Context) error { return killed(ctx, l) },
	}
}

// macaroon bakes the least that the wallet needs.
func macaroon(t *testing.T, l *regtest.LND) string {
	t.Helper()
	var ask struct {
		Permissions []struct {
			Entity string `json:"entity"`
			Action string `json:"action"`
		} `json:"permissions"`
	}
	for _, p := range strings.Fields("info:read address:write onchain:read onchain:write") {
		entity, action, _ := strings.Cut(p, ":")
		ask.Permissions = append(ask.Permissions, struct {
			Entity string `json:"entity"`
			Action string `json:"action"`
		}{entity, action})
	}
	var baked struct{ Macaroon string }
	if err := l.Call(t.Context(), http.MethodPost, "/v1/macaroon", ask, &baked); err != nil {
		t.Fatal(err)
	}
	return baked.Macaroon
}

func startLND(t *testing.T) (*regtest.Chain, *regtest.LND) {
	t.Helper()
	needs.Programs(t)
	bin, err := nodes.Build(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := regtest.Start(t.Context(), t.TempDir(), bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, c.Stop) })
	l, err := regtest.StartLND(t.Context(), t.TempDir(), bin, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, l.Stop) })
	return c, l
}

func stopped(t *testing.T, stop func() error) {
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func openLND(t *testing.T, l *regtest.LND, cfg chain.Config) chain.Node {
	t.Helper()
	cfg.Kind = "lnd"
	if cfg.Network == "" {
		cfg.Network = "regtest"
	}
	if cfg.LND == (chain.LNDConfig{}) {
		cfg.LND = chain.LNDConfig{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: l.MacaroonPath}
	}
	node, err := chain.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, node.Close) })
	return node
}

func killed(ctx context.Context, l *regtest.LND) error {
	if err := l.Kill(); err != nil {
		return err
	}
	return l.Restart(ctx)
}
