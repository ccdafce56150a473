package lightning_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lightning/lightningtest"
	"github.com/bitcoim/bitcoim/lnd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestLND holds the contract with the macaroon of Permissions, over a wire
// that can be cut.
func TestLND(t *testing.T) {
	t.Parallel()
	lightningtest.Run(t, func(t *testing.T) lightningtest.Bench {
		net := startNet(t, 3)
		ours := net.Nodes[0]
		w := newWire(t, ours.RESTAddr, ours.TLSCertPath)
		cfg := lightning.Config{LND: lnd.Config{URL: w.URL, MacaroonFile: bake(t, ours)}}
		return lightningtest.Bench{
			Node: open(t, ours, cfg), Network: "regtest",
			Can: lightningtest.All,
			Far: peer(net.Nodes[2]), Near: peer(net.Nodes[1]),
			Still:   func(ctx context.Context) error { return still(ctx, ours) },
			Lost:    func(msat amount.Msat) (string, error) { return lost(t, "bcrt", int64(msat)), nil },
			Foreign: lost(t, "bc", 1000),
			Again:   func(t *testing.T) lightning.Node { return open(t, ours, lightning.Config{}) },
			Kill:    func(context.Context) error { return ours.Kill() },
			Restart: func(ctx context.Context) error { return errors.Join(ours.Restart(ctx), net.Ready(ctx)) },
			Pause:   ours.Pause, Resume: ours.Resume,
			CutPay:     func(n int) { w.cut("/v2/router/send", n) },
			CutSettled: func(n int) { w.cut("/v1/invoices/subscribe", n) },
		}
	})
}

func startNet(t testing.TB, n int) *regtest.Net {
	t.Helper()
	needs.Programs(t)
	bin, err := nodes.Build(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	net, err := regtest.StartNet(t.Context(), t.TempDir(), bin, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := net.Stop(); err != nil {
			t.Error(err)
		}
	})
	return net
}

func bake(t testing.TB, l *regtest.LND) string {
	t.Helper()
	file, err := l.Bake(t.Context(), "lightning", lightning.Permissions()...)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func open(t testing.TB, l *regtest.LND, cfg lightning.Config) lightning.Node {
	t.Helper()
	cfg.Kind = "lnd"
	if cfg.Network == "" {
		cfg.Network = "regtest"
	}
	if cfg.LND == (lnd.Config{}) {
		cfg.LND = lnd.Config{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: l.MacaroonPath}
	}
	node, err := lightning.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	return node
}

// peer is a node of the network as the suite knows it.
func peer(l *regtest.LND) lightningtest.Peer {
	return lightningtest.Peer{
		Invoice: func(ctx context.Context, msat amount.Msat, description string, expiry time.Duration) (string, error) {
			var answer struct {
				Request string `json:"payment_request"`
			}
			err := l.Call(ctx, "POST", "/v1/invoices", map[string]any{
				"value_msat": fmt.Sprint(int64(msat)), "memo": description, "expiry": fmt.Sprint(int64(expiry / time.Second)),
			}, &answer)
			return answer.Request, err
		},
		Hold: func(ctx context.Context, p lightning.Preimage, msat amount.Msat, expiry time.Duration) (string, error) {
			return l.HoldInvoice(ctx, p, msat.Sats(), expiry)
		},
		Held:    func(ctx context.Context, p lightning.Preimage) error { return l.Held(ctx, p) },
		Release: func(ctx context.Context, p lightning.Preimage) error { return l.Release(ctx, p) },
		Cancel:  func(ctx context.Context, h lightning.Hash) error { return l.Cancel(ctx, h) },
		Pay: func(ctx context.Context, text string, msat amount.Msat) error {
			ask := map[string]any{"payment_request": text}
			if msat > 0 {
				ask["amt_msat"] = fmt.Sprint(int64(msat))
			}
			return send(ctx, l, ask)
		},
		Push: func(ctx context.Context, to string, msat amount.Msat) error {
			key, err := hex.DecodeString(to)
			if err != nil {
				return err
			}
			preimage := make([]byte, 32)
			_, _ = rand.Read(preimage) // never fails
			hash := sha256.Sum256(preimage)
			return send(ctx, l, map[string]any{
				"dest": key, "amt_msat": fmt.Sprint(int64(msat)), "payment_hash": hash[:], "final_cltv_delta": 80,
				"dest_custom_records": map[string]string{"5482373484": base64.StdEncoding.EncodeToString(preimage)},
			})
		},
	}
}

// send pays and waits for the end.
func send(ctx context.Context, l *regtest.LND, ask map[string]any) error {
	ask["timeout_seconds"], ask["fee_limit_sat"], ask["no_inflight_updates"] = 30, "1000", true
	var answer struct {
		Result struct {
			Status string
			Reason string `json:"failure_reason"`
		}
	}
	err := l.Call(ctx, "POST", "/v2/router/send", ask, &answer)
	if err == nil && answer.Result.Status != "SUCCEEDED" {
		err = fmt.Errorf("payment %s: %s", answer.Result.Status, answer.Result.Reason)
	}
	return err
}

// still waits until the node's channels carry nothing.
func still(ctx context.Context, l *regtest.LND) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var list struct {
			Channels []struct {
				Pending []struct{} `json:"pending_htlcs"`
			}
		}
		if err := l.Call(ctx, "GET", "/v1/channels", nil, &list); err != nil {
			return err
		}
		quiet := true
		for _, c := range list.Channels {
			quiet = quiet && len(c.Pending) == 0
		}
		if quiet {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
