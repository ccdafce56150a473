package contrib_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

type permission struct {
	Entity string `json:"entity"`
	Action string `json:"action"`
}

// permissions are those of the bakemacaroon line.
func permissions(t *testing.T) []permission {
	t.Helper()
	var all []permission
	for _, m := range regexp.MustCompile(`(?m)^  uri:(/\S+)`).FindAllStringSubmatch(read(t, "lnd/macaroon.md"), -1) {
		all = append(all, permission{"uri", m[1]})
	}
	return all
}

// The wallet does all that it is for with the macaroon of the guide, and
// something less without any one of its permissions.
func TestMacaroonIsEnoughAndNoMore(t *testing.T) {
	ctx := t.Context()
	c, l := startLND(t)
	var baked struct{ Macaroon string }
	ask := map[string]any{"permissions": permissions(t), "root_key_id": "77"}
	if err := l.Call(ctx, http.MethodPost, "/v1/macaroon", ask, &baked); err != nil {
		t.Fatal(err)
	}
	node := open(t, l, baked.Macaroon)
	pay(ctx, t, c, node)

	for _, p := range permissions(t) {
		var fewer []permission
		for _, q := range permissions(t) {
			if q != p {
				fewer = append(fewer, q)
			}
		}
		ask := map[string]any{"permissions": fewer, "root_key_id": "77"}
		if err := l.Call(ctx, http.MethodPost, "/v1/macaroon", ask, &baked); err != nil {
			t.Fatal(err)
		}
		if err := all(ctx, t, open(t, l, baked.Macaroon)); !errors.Is(err, chain.ErrAuth) {
			t.Errorf("without %s: got %v, want that it is missed", p.Action, err)
		}
	}
}

// pay plays a deposit and a payment.
func pay(ctx context.Context, t *testing.T, c *regtest.Chain, node chain.Node) {
	t.Helper()
	address, err := node.Address(ctx, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	coins := make([]regtest.Output, 50) // some stay locked where a permission is missing
	for i := range coins {
		coins[i] = regtest.Output{Address: address, Sat: 100_000}
	}
	if _, err := c.Pay(ctx, coins...); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Mine(ctx, 2); err != nil {
		t.Fatal(err)
	}
	deep(ctx, t, node, 2)
	if _, err := c.Reorg(ctx, 2); err != nil { // LND's wallet follows one block of it
		t.Fatal(err)
	}
	if _, err := c.Mine(ctx, 3); err != nil {
		t.Fatal(err)
	}
	deep(ctx, t, node, 6)
	if err := all(ctx, t, node); err != nil {
		t.Fatal(err)
	}
}

// deep waits until all deposits have so many confirmations.
func deep(ctx context.Context, t *testing.T, node chain.Node, confirmations int64) {
	t.Helper()
	for { // LND sees a block a moment later
		r, err := node.Since(ctx, "")
		if err != nil && !errors.Is(err, chain.ErrWarmingUp) {
			t.Fatal(err)
		}
		if err == nil && len(r.Coins) > 0 && r.Coins[0].Confirmations == confirmations {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// all calls everything that a wallet does, and returns the first error.
func all(ctx context.Context, t *testing.T, node chain.Node) error {
	t.Helper()
	const stranger = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080" // BIP 173's key
	outs := []chain.Output{{Address: stranger, Amount: amount.FromSats(20_000)}}
	if _, err := node.Info(ctx); err != nil {
		return err
	}
	if _, err := node.Address(ctx, ""); err != nil {
		return err
	}
	if _, err := node.Since(ctx, ""); err != nil {
		return err
	}
	if _, err := node.Balance(ctx); err != nil {
		return err
	}
	if _, err := node.FeeRate(ctx, 6); err != nil {
		return err
	}
	if _, err := node.Quote(ctx, outs, 2_000); err != nil {
		return err
	}
	never, err := node.Prepare(ctx, outs, 2_000, amount.FromSats(5_000))
	if err != nil {
		return err
	}
	if err := node.Release(ctx, never); err != nil {
		return err
	}
	p, err := node.Prepare(ctx, outs, 2_000, amount.FromSats(5_000))
	if err != nil {
		return err
	}
	defer func() { // what was not broadcast must not stay locked
		if err := node.Release(ctx, p); err != nil && !errors.Is(err, chain.ErrAuth) {
			t.Error(err)
		}
	}()
	if err := node.Hold(ctx, p); err != nil {
		return err
	}
	if err := node.Broadcast(ctx, p); err != nil {
		return err
	}
	_, err = node.Tx(ctx, p.TxID)
	return err
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

func open(t *testing.T, l *regtest.LND, macaroon string) chain.Node {
	t.Helper()
	cert := filepath.Join(t.TempDir(), "lnd.cert")
	text, err := os.ReadFile(l.TLSCertPath)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cert, text, 0o600); err != nil {
		t.Fatal(err)
	}
	node, err := chain.Open(t.Context(), chain.Config{
		Kind: "lnd", Network: "regtest", FallbackFeeRate: 2_000,
		LND: chain.LNDConfig{URL: "https://" + l.RESTAddr, CertFile: cert, Macaroon: macaroon},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, node.Close) })
	return node
}
