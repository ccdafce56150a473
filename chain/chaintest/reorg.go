package chaintest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
)

// depths are those of the reorganisations. What is looked at is always in the
// deepest block: a wallet may follow one block and not two.
var depths = []int{1, 2, 3}

func (b *bench) undo(t *testing.T, n int) {
	t.Helper()
	if err := b.Undo(t.Context(), n); err != nil {
		t.Fatal(err)
	}
}

// deep waits until a transaction has so many confirmations, and returns what
// the node says of it.
func (b *bench) deep(t *testing.T, txid string, confirmations int) chain.TxStatus {
	t.Helper()
	var s chain.TxStatus
	until(t, func(ctx context.Context) (err error) {
		if s, err = b.Node.Tx(ctx, txid); err == nil && (s.State != chain.Confirmed || s.Confirmations != int64(confirmations)) {
			err = fmt.Errorf("got %+v, want %d confirmations", s, confirmations)
		}
		return err
	})
	return s
}

func (b *bench) reorgDeposit(t *testing.T) {
	for _, d := range depths {
		addr := b.address(t)
		old := b.fund(t, addr, 61_000)
		b.mine(t, d)
		was := b.deep(t, old, d)
		b.undo(t, d)
		young := b.fund(t, addr, 62_000) // comes into the block that takes the place of the old one
		b.mine(t, d+1)
		for _, txid := range []string{old, young} {
			now := b.deep(t, txid, d+1)
			if now.BlockHash == was.BlockHash {
				t.Errorf("%d blocks: %s is still in block %s", d, txid, was.BlockHash)
			}
			b.seen(t, "", txid, addr, func(c chain.Coin) bool {
				return c.BlockHash == now.BlockHash && c.Height == now.Height && c.Confirmations == now.Confirmations
			})
		}
	}
}

func (b *bench) reorgGone(t *testing.T) {
	for _, d := range depths {
		before := b.balance(t)
		addr := b.address(t)
		txid := b.fund(t, addr, 63_000)
		b.mine(t, d)
		b.deep(t, txid, d)
		b.undo(t, d)
		if err := b.Replace(t.Context(), txid); err != nil {
			t.Fatal(err)
		}
		b.mine(t, d+1)
		until(t, func(ctx context.Context) error {
			s, err := b.Node.Tx(ctx, txid)
			if err == nil && s.State == chain.Confirmed {
				err = fmt.Errorf("%d blocks: got %+v", d, s)
			}
			r, err2 := b.Node.Since(ctx, "")
			if c, none := coin(r, txid, addr); none == nil && c.Confirmations > 0 {
				err2 = errors.Join(err2, fmt.Errorf("%d blocks: got %+v", d, c))
			}
			after, err3 := b.Node.Balance(ctx)
			if after.Confirmed != before.Confirmed {
				err3 = errors.Join(err3, fmt.Errorf("%d blocks: the balance was %+v, is %+v", d, before, after))
			}
			return errors.Join(err, err2, err3)
		})
	}
}

func (b *bench) reorgPayment(t *testing.T) {
	for _, d := range depths {
		b.give(t, 500_000)
		p := b.pay(t, 64_000)
		b.broadcast(t, p)
		b.mine(t, d)
		was := b.deep(t, p.TxID, d)
		b.undo(t, d)
		b.mine(t, d+1)
		if now := b.deep(t, p.TxID, d+1); now.BlockHash == was.BlockHash {
			t.Errorf("%d blocks: still in block %s", d, was.BlockHash)
		}
		b.broadcast(t, p)
	}
}
