package deposit_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
)

// counted counts the queries that pass through it.
type counted struct {
	sqlx.QueryerContext
	n int
}

func (c *counted) QueryxContext(ctx context.Context, q string, args ...any) (*sqlx.Rows, error) {
	c.n++
	return c.QueryerContext.QueryxContext(ctx, q, args...)
}

func (c *counted) QueryRowxContext(ctx context.Context, q string, args ...any) *sqlx.Row {
	c.n++
	return c.QueryerContext.QueryRowxContext(ctx, q, args...)
}

// A wallet lists every coin of the last hundred blocks each time. What is new
// among a thousand of them is found in ten queries.
func TestWhichCoinsMoved(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		const coins = 1000
		var listed, want []chain.Coin
		var wrote []chain.Coin
		lost := c.sight(5000+coins, 0)
		for i := range int64(coins) {
			s, written := c.sight(1001+i, i%5), c.sight(1001+i, i%5)
			s.Vout, written.Vout = uint32(i), uint32(i)
			moved, known := true, true
			switch i % 7 {
			case 0: // new
				known = false
			case 1: // as it was
				moved = false
			case 2: // deeper
				s.Confirmations++
			case 3: // in another block
				s.BlockHash = "another"
			case 4: // on nobody's address
				s.Address, moved, known = "bcrt1qchange", false, false
			case 5: // the other output of a transaction that is known
				s.Vout += coins
			case 6: // as it was, as are most
				moved = false
			}
			if known {
				wrote = append(wrote, written)
			}
			if moved {
				want = append(want, s)
			}
			listed = append(listed, s)
		}
		wrote = append(wrote, lost)
		c.do(func(tx *db.Tx) error {
			for _, s := range wrote {
				if err := rules.Book(t.Context(), tx, now, "key", s); err != nil {
					return err
				}
			}
			return nil
		})
		c.lost(lost) // and there it is again
		listed, want = append(listed, lost, listed[0], listed[1]), append(want, lost, listed[0])
		q := &counted{QueryerContext: c.Read()}
		got, err := deposit.Moved(t.Context(), q, wallet, listed)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %d coins, want %d\n got %.400s\nwant %.400s", len(got), len(want), fmt.Sprint(got), fmt.Sprint(want))
		}
		if all, err := deposit.Moved(t.Context(), c.Read(), deposit.Wallet{"other"}, listed[:1]); err != nil || len(all) != 1 {
			t.Errorf("another wallet lists it: %d moved (%v), want 1", len(all), err)
		}
		if most := len(listed)/100 + 1; q.n > most {
			t.Errorf("%d queries for %d coins, want %d", q.n, len(listed), most)
		}
		if none, err := deposit.Moved(t.Context(), q, wallet, nil); none != nil || err != nil {
			t.Errorf("of no coins moved %v, %v", none, err)
		}
	})
}
