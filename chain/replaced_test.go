package chain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/chain/chaintest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

// A transaction whose fee somebody raised waits no more, although bitcoind says of it that it
// has no confirmation: the other one was sent.
func TestWhatWasReplacedWasNotSent(t *testing.T) {
	path, ok := nodes.Bitcoind()
	if !ok {
		t.Skip("no bitcoind in $BITCOIND or $PATH: the recorded one has to do (TestWhatWasReplacedWasNotSentRecorded)")
	}
	ctx := t.Context()
	c := startBitcoind(t, path)
	node := bitcoindBench(t, c.RPC.Host, c).Node
	mine := func() {
		t.Helper()
		if _, err := c.Mine(ctx, 1); err != nil {
			t.Fatal(err)
		}
	}
	a, err := node.Address(ctx, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fund(ctx, a, 500_000); err != nil {
		t.Fatal(err)
	}
	mine()
	p, err := node.Prepare(ctx, []chain.Output{{Address: stranger, Amount: 70_000 * amount.Sat}}, chaintest.Rate, 100_000*amount.Sat)
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Broadcast(ctx, p); err != nil {
		t.Fatal(err)
	}
	var bumped struct{ TxID string }
	if err := c.RPC.Wallet(ctx, regtest.Wallet, "bumpfee", &bumped, p.TxID); err != nil {
		t.Fatal(err)
	}
	for _, depth := range []int64{0, 1} {
		if s, _, err := node.Spent(ctx, p.TxID); !errors.Is(err, chain.ErrNotSent) {
			t.Errorf("the other one has %d confirmations: %+v, %v", depth, s, err)
		}
		if s, _, err := node.Spent(ctx, bumped.TxID); err != nil || s.Confirmations != depth {
			t.Errorf("the other one has %d confirmations: it has %+v, %v", depth, s, err)
		}
		if all, err := node.Sent(ctx, ""); err != nil || len(all) != 1 || all[0].TxID != bumped.TxID {
			t.Errorf("the other one has %d confirmations: %+v, %v", depth, all, err)
		}
		mine()
	}
}

// The same, of what real bitcoinds answered once, with the fields that a replaced transaction has.
func TestWhatWasReplacedWasNotSentRecorded(t *testing.T) {
	other := strings.Repeat("ab", 32)
	for _, f := range []struct {
		name          string
		confirmations int
		sent          bool
	}{
		{"the other one waits", 0, false},
		{"a block has the other one", -1, false},
		{"a block has the replaced one after all", 1, true},
	} {
		t.Run(f.name, func(t *testing.T) {
			recorded(t, sentTape, func(t *testing.T, file string) {
				paid, ask := asSpent(t, file)
				_, _, err := ask(paid, func(b []byte) []byte {
					var m map[string]any
					d := json.NewDecoder(bytes.NewReader(b))
					d.UseNumber()
					if err := d.Decode(&m); err != nil {
						t.Fatal(err)
					}
					m["confirmations"], m["replaced_by_txid"] = f.confirmations, other
					b, err := json.Marshal(m)
					if err != nil {
						t.Fatal(err)
					}
					return b
				})
				if f.sent && err != nil || !f.sent && !errors.Is(err, chain.ErrNotSent) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}
