package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/crash"
)

// Deposits books the coins that come in.
type Deposits struct {
	DB    *db.DB
	Chain chain.Node
	Rules deposit.Rules
	Clock func() time.Time
	Log   *slog.Logger
	Wake  func()
}

// batch is how many coins one transaction books.
const batch = 100

// Step reads what came since the cursor and books what is new or has moved.
// The cursor moves in the transaction that booked the last of it.
func (d *Deposits) Step(ctx context.Context) (bool, error) {
	ask, cancel := context.WithTimeout(ctx, nodeTime)
	defer cancel()
	cursor, err := deposit.Cursor(ctx, d.DB.Read())
	if err != nil {
		return false, err
	}
	r, err := d.Chain.Since(ask, cursor)
	if err != nil {
		return false, err
	}
	lost, err := d.lost(ask, r)
	if err != nil {
		return false, err
	}
	moved, err := d.moved(ctx, r)
	if err != nil {
		return false, err
	}
	now := d.Clock().Unix()
	for len(moved) > batch {
		if err := d.book(ctx, now, moved[:batch], nil, ""); err != nil {
			return false, err
		}
		moved = moved[batch:]
	}
	if r.Cursor == cursor && len(moved) == 0 && len(lost) == 0 {
		return false, nil
	}
	err = d.book(ctx, now, moved, lost, r.Cursor)
	return false, err
}

func (d *Deposits) book(ctx context.Context, now int64, coins []chain.Coin, lost []chain.Outpoint, cursor string) error {
	err := d.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, c := range coins {
			if err := d.Rules.Book(ctx, tx, now, c); err != nil {
				return fmt.Errorf("coin %s:%d: %w", c.TxID, c.Vout, err)
			}
		}
		for _, o := range lost {
			if err := d.Rules.Lost(ctx, tx, now, o); err != nil {
				return fmt.Errorf("coin %s:%d: %w", o.TxID, o.Vout, err)
			}
		}
		crash.At("deposit.booked")
		if cursor == "" {
			return nil
		}
		return deposit.MoveCursor(ctx, tx, cursor, now)
	})
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return err
}

// moved keeps the coins that are new or not where they were.
func (d *Deposits) moved(ctx context.Context, r chain.Receipts) ([]chain.Coin, error) {
	var moved []chain.Coin
	for _, c := range r.Coins {
		known, err := deposit.Find(ctx, d.DB.Read(), c.Outpoint)
		if err != nil {
			return nil, err
		}
		if known != nil && known.Confirmations == c.Confirmations && known.Block == c.BlockHash && known.State != deposit.Gone {
			continue
		}
		if known == nil {
			a, err := deposit.Owner(ctx, d.DB.Read(), c.Address)
			if err != nil {
				return nil, err
			}
			if a == nil {
				continue // change, or the operator's own money
			}
		}
		moved = append(moved, c)
	}
	return moved, nil
}

// lost lists the coins that a reorganisation or a replacement took: young
// ones that the node does not list any more and whose transaction is gone.
func (d *Deposits) lost(ctx context.Context, r chain.Receipts) ([]chain.Outpoint, error) {
	young, err := deposit.Young(ctx, d.DB.Read(), chain.Overlap)
	if err != nil {
		return nil, err
	}
	listed := map[chain.Outpoint]bool{}
	for _, c := range r.Coins {
		listed[c.Outpoint] = true
	}
	var lost []chain.Outpoint
	for _, c := range young {
		o := chain.Outpoint{TxID: c.TxID, Vout: c.Vout}
		if listed[o] {
			continue
		}
		s, err := d.Chain.Tx(ctx, c.TxID)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("coin %s", c.Key()), err)
		}
		if s.State == chain.Unknown || s.State == chain.Conflicted {
			d.Log.Warn("a deposit left the chain", "coin", c.Key(), "state", string(c.State))
			lost = append(lost, o)
		}
	}
	return lost, nil
}
