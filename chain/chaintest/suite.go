// Package chaintest holds every chain.Node to the same contract, against real
// nodes on a private chain.
package chaintest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

// Bench is a wallet that starts empty, and the world around it.
type Bench struct {
	Node    chain.Node
	Network string
	// Mine makes n blocks of what waits.
	Mine func(ctx context.Context, n int) error
	// Fund pays a stranger's coins to an address and mines nothing.
	Fund func(ctx context.Context, address string, sat int64) (txid string, err error)
	// Stranger is an address that the wallet does not know.
	Stranger string
	// Foreign is an address of another network.
	Foreign string
	// Strange is a cursor that the node can not have given (RunSent).
	Strange string

	// What a bench cannot do is nil, and its facts are skipped.

	// Restart kills the wallet's node and starts it again.
	Restart func(ctx context.Context) error
	// Pause freezes the wallet's node, Resume lets it go on.
	Pause, Resume func() error
	// Reorg replaces the last n blocks by n+1 others with the same
	// transactions.
	Reorg func(ctx context.Context, n int) error
	// Undo takes the last n blocks away; what they held waits again.
	Undo func(ctx context.Context, n int) error
	// Again opens the same wallet as another daemon would.
	Again func(t *testing.T) chain.Node
	// Lose makes the answer to the next broadcast get lost on its way, and
	// LoseFunds that to the next call of Prepare that chooses or locks coins.
	Lose, LoseFunds func()
	// Replace takes back a payment of Fund that waits (BIP 125).
	Replace func(ctx context.Context, txid string) error
}

// Rate is what the suite pays: 5 sat/vB.
const Rate chain.FeeRate = 5000

// high is a fee limit that no test reaches.
const high = 1_000_000 * amount.Sat

// Run holds a node to the contract. The facts share one wallet, in order, and
// ask the same questions in the same order every time, so that the answers can
// be recorded.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	b := &bench{Bench: open(t)}
	for _, f := range []struct {
		name string
		test func(*bench, *testing.T)
		can  bool
	}{
		{"the node says where it is", (*bench).info, true},
		{"an empty wallet has no funds", (*bench).empty, true},
		{"addresses are fresh and of this network", (*bench).addresses, true},
		{"a deposit is seen waiting, then in a block", (*bench).deposit, true},
		{"a cursor far below the tip lists again and loses nothing", (*bench).cursor, true},
		{"a reorganised deposit shows its new block", (*bench).reorg, b.Reorg != nil},
		{"deposits in a reorganisation of 1, 2 and 3 blocks show their new block", (*bench).reorgDeposit, b.Undo != nil},
		{"a deposit that is not in the new branch is not in a block", (*bench).reorgGone, b.Undo != nil && b.Replace != nil},
		{"a deposit that was replaced never gets a block", (*bench).replaced, b.Replace != nil},
		{"a fee rate comes for every speed", (*bench).rates, true},
		{"a quote locks nothing and is what prepare takes", (*bench).quote, true},
		{"what is prepared has not left", (*bench).quiet, true},
		{"two prepared transactions share no coin", (*bench).distinct, true},
		{"two daemons that prepare at once share no coin", (*bench).crowd, b.Again != nil},
		{"a fee above the limit is refused and the coins are free", (*bench).limit, true},
		{"a lost answer to prepare does not use up the wallet's only coin", (*bench).lostFunds, b.LoseFunds != nil},
		{"impossible payments are refused by name", (*bench).impossible, true},
		{"a broadcast can be repeated, before and after its block", (*bench).repeat, true},
		{"a broadcast whose answer was lost pays once", (*bench).lost, b.Lose != nil},
		{"change is no deposit and a payment to oneself is", (*bench).change, true},
		{"own change pays before it has a block", (*bench).chained, true},
		{"several outputs fit in one transaction", (*bench).batch, true},
		{"a payment in a reorganisation of 1, 2 and 3 blocks shows its new block", (*bench).reorgPayment, b.Undo != nil},
		{"an unknown transaction is unknown", (*bench).unknown, true},
		{"a coin spent elsewhere refuses the broadcast", (*bench).conflict, true},
		{"what was stored survives a restart of the node", (*bench).restart, b.Restart != nil},
		{"a frozen node is unreachable when the context ends", (*bench).frozen, b.Pause != nil},
	} {
		t.Run(f.name, func(t *testing.T) {
			if !f.can {
				t.Skip("this bench cannot do it")
			}
			f.test(b, t)
		})
	}
}

// bench is a Bench that fails the test and not the reader.
type bench struct {
	Bench
}

// patience is how long the world may take to tell the wallet.
const patience = 30 * time.Second

// until repeats try while the wallet catches up with the chain.
func until(t *testing.T, try func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("still after %v: %v", patience, err)
		case <-tick.C:
		}
	}
}

func (b *bench) address(t *testing.T) string {
	t.Helper()
	addr, err := b.Node.Address(t.Context(), "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// give puts sat satoshis into the wallet, in a block, and returns the txid.
func (b *bench) give(t *testing.T, sat int64) string {
	t.Helper()
	txid := b.fund(t, b.address(t), sat)
	b.mine(t, 1)
	b.settle(t, txid)
	return txid
}

func (b *bench) fund(t *testing.T, addr string, sat int64) string {
	t.Helper()
	txid, err := b.Fund(t.Context(), addr, sat)
	if err != nil {
		t.Fatal(err)
	}
	return txid
}

func (b *bench) mine(t *testing.T, n int) {
	t.Helper()
	if err := b.Mine(t.Context(), n); err != nil {
		t.Fatal(err)
	}
}

// settle waits until the wallet has the transaction in a block.
func (b *bench) settle(t *testing.T, txid string) {
	t.Helper()
	b.await(t, txid, chain.Confirmed)
}

func (b *bench) await(t *testing.T, txid string, want ...chain.State) {
	t.Helper()
	until(t, func(ctx context.Context) error {
		got, err := b.Node.Tx(ctx, txid)
		for _, w := range want {
			if err == nil && got.State == w {
				return nil
			}
		}
		return fmt.Errorf("%s is %v, want one of %v: %w", txid, got.State, want, errors.Join(err))
	})
}

func (b *bench) since(t *testing.T, cursor string) chain.Receipts {
	t.Helper()
	r, err := b.Node.Since(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pay prepares one payment to a stranger.
func (b *bench) pay(t *testing.T, sat int64) chain.Prepared {
	t.Helper()
	p, err := b.Node.Prepare(t.Context(), b.out(sat), Rate, high)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b *bench) out(sat int64) []chain.Output {
	return []chain.Output{{Address: b.Stranger, Amount: amount.FromSats(sat)}}
}

func (b *bench) release(t *testing.T, p chain.Prepared) {
	t.Helper()
	if err := b.Node.Release(t.Context(), p); err != nil {
		t.Error(err)
	}
}

func (b *bench) broadcast(t *testing.T, p chain.Prepared) {
	t.Helper()
	if err := b.Node.Broadcast(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) balance(t *testing.T) chain.Balance {
	t.Helper()
	got, err := b.Node.Balance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func wantErr(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
