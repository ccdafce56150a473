package chain_test

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/chain/chaintest"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

// recording is the folder below testdata/bitcoind to write, such as 29.99-2025-03.
var recording = flag.String("record", "", "record what the bitcoind of $BITCOIND or $PATH answers, under this `name`")

const contractTape = "contract.jsonl.gz"

// TestBitcoind holds the contract against a real bitcoind where there is one.
func TestBitcoind(t *testing.T) {
	path, ok := nodes.Bitcoind()
	if !ok {
		t.Skip("no bitcoind in $BITCOIND or $PATH: the recorded one has to do (TestBitcoindRecorded)")
	}
	chaintest.Run(t, func(t *testing.T) chaintest.Bench {
		c := startBitcoind(t, path)
		if *recording == "" {
			way := loseAnswers(t, "http://"+c.RPC.Host, http.DefaultTransport, func(_ *http.Request, body []byte) string {
				var ask struct{ Method string }
				_ = json.Unmarshal(body, &ask) // what is none is lost to nobody
				return ask.Method
			})
			b := bitcoindBench(t, way.server.URL, c)
			b.Lose, b.Pause, b.Resume = way.loseNext("sendrawtransaction"), c.Pause, c.Resume
			b.LoseFunds = way.loseNext("walletcreatefundedpsbt")
			b.Undo, b.Mine = otherBranch(c)
			b.Again = func(t *testing.T) chain.Node {
				return openBitcoind(t, chain.Config{Bitcoind: chain.BitcoindConfig{URL: c.RPC.Host}})
			}
			return b
		}
		tp := record(t, "http://"+c.RPC.Host, filepath.Join(recordings, *recording, contractTape))
		return taped(bitcoindBench(t, tp.server.URL, c), tp)
	})
}

// otherBranch takes blocks away and mines others in their place: in the same
// second the same rewards would make the same block again.
func otherBranch(c *regtest.Chain) (undo, mine func(ctx context.Context, n int) error) {
	branch := false
	undo = func(ctx context.Context, n int) error { branch = true; return c.Undo(ctx, n) }
	mine = func(ctx context.Context, n int) error {
		if branch {
			branch = false
			if err := c.RPC.Call(ctx, "generatetoaddress", nil, 1, stranger); err != nil || n == 1 {
				return err
			}
			n--
		}
		_, err := c.Mine(ctx, n)
		return err
	}
	return undo, mine
}

// TestBitcoindRecorded holds the contract against what real bitcoinds of
// several versions answered once.
func TestBitcoindRecorded(t *testing.T) {
	recorded(t, contractTape, func(t *testing.T, file string) {
		chaintest.Run(t, func(t *testing.T) chaintest.Bench {
			tp := replay(t, file)
			return taped(bitcoindBench(t, tp.server.URL, nil), tp)
		})
	})
}

func startBitcoind(t *testing.T, path string) *regtest.Chain {
	t.Helper()
	needs.Programs(t)
	c, err := regtest.StartBitcoind(t.Context(), t.TempDir(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, c.Stop) })
	return c
}

func bitcoindBench(t *testing.T, url string, c *regtest.Chain) chaintest.Bench {
	node := openBitcoind(t, chain.Config{Bitcoind: chain.BitcoindConfig{URL: url}})
	return chaintest.Bench{
		Node: node, Network: "regtest", Stranger: stranger, Foreign: foreign,
		Mine: func(ctx context.Context, n int) error { _, err := c.Mine(ctx, n); return err },
		Fund: func(ctx context.Context, addr string, sat int64) (string, error) { return c.Fund(ctx, addr, sat) },
		Restart: func(ctx context.Context) error {
			// A regtest node writes its blocks when it is asked for the coins.
			if err := c.RPC.Call(ctx, "gettxoutsetinfo", nil); err != nil {
				return err
			}
			if err := c.Kill(); err != nil {
				return err
			}
			return c.Restart(ctx)
		},
		Reorg: func(ctx context.Context, n int) error {
			if err := c.Undo(ctx, n); err != nil {
				return err
			}
			// In the same second the same rewards would make the same block again.
			if err := c.RPC.Call(ctx, "generatetoaddress", nil, 1, stranger); err != nil {
				return err
			}
			_, err := c.Mine(ctx, n)
			return err
		},
		Replace: func(ctx context.Context, txid string) error { _, err := c.Replace(ctx, txid); return err },
	}
}

func openBitcoind(t *testing.T, cfg chain.Config) chain.Node {
	t.Helper()
	cfg.Kind = "bitcoind"
	if cfg.Network == "" {
		cfg.Network = "regtest"
	}
	if cfg.FallbackFeeRate == 0 {
		cfg.FallbackFeeRate = 2000
	}
	if b := &cfg.Bitcoind; b.User == "" && b.CookieFile == "" {
		b.Wallet, b.User, b.Password = regtest.Wallet, "sandbox", "sandbox"
	}
	node, err := chain.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, node.Close) })
	return node
}

// taped keeps every step on the tape, or takes it from there.
func taped(b chaintest.Bench, tp *tape) chaintest.Bench {
	nothing := func(err error) (struct{}, error) { return struct{}{}, err }
	mine, fund, restart, reorg, replace := b.Mine, b.Fund, b.Restart, b.Reorg, b.Replace
	b.Mine = func(ctx context.Context, n int) error {
		_, err := step(tp, "bench mine", n, func() (struct{}, error) { return nothing(mine(ctx, n)) })
		return err
	}
	b.Fund = func(ctx context.Context, addr string, sat int64) (string, error) {
		return step(tp, "bench fund", []any{addr, sat}, func() (string, error) { return fund(ctx, addr, sat) })
	}
	b.Restart = func(ctx context.Context) error {
		_, err := step(tp, "bench restart", nil, func() (struct{}, error) { return nothing(restart(ctx)) })
		return err
	}
	b.Reorg = func(ctx context.Context, n int) error {
		_, err := step(tp, "bench reorg", n, func() (struct{}, error) { return nothing(reorg(ctx, n)) })
		return err
	}
	b.Replace = func(ctx context.Context, txid string) error {
		_, err := step(tp, "bench replace", txid, func() (struct{}, error) { return nothing(replace(ctx, txid)) })
		return err
	}
	b.Pause = func() error { tp.pause(); return nil }
	b.Resume = func() error { tp.resume(); return nil }
	return b
}
