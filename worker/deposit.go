package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

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
	Log   *slog.Logger
	Wake  func()
}

// batch is how many coins one transaction books.
const batch = 100

// errOvertaken says that another gateway booked while we were reading.
var errOvertaken = errors.New("worker: another gateway booked meanwhile")

// Step reads what came since the cursor and books what is new or has moved.
// The cursor moves in the transaction that booked the last of it.
func (d *Deposits) Step(ctx context.Context) (bool, error) {
	ask, cancel := context.WithTimeout(ctx, nodeTime)
	defer cancel()
	turn, err := deposit.Turn(ctx, d.DB.Read()) // before we look, so that whoever books after is seen
	if err != nil {
		return false, err
	}
	cursor, err := deposit.Cursor(ctx, d.DB.Read())
	if err != nil {
		return false, err
	}
	if err := inStep(ask, d.Chain); err != nil {
		return false, err
	}
	r, err := d.Chain.Since(ask, cursor)
	if err != nil {
		return false, err
	}
	lost, found, err := d.lost(ask, r)
	if err != nil {
		return false, err
	}
	r.Coins = append(r.Coins, found...)
	moved, err := d.moved(ctx, r)
	if err != nil {
		return false, err
	}
	if r.Cursor == cursor && len(moved) == 0 && len(lost) == 0 {
		return false, nil
	}
	if err := walletKnows(ask, d.DB, d.Chain); err != nil { // after the answers, so that it is about them
		return false, err
	}
	now, err := d.DB.Now(ctx)
	if err != nil {
		return false, err
	}
	for ; len(moved) > batch && err == nil; turn++ {
		err = d.book(ctx, turn, now, moved[:batch], nil, "")
		moved = moved[batch:]
	}
	if err == nil {
		err = d.book(ctx, turn, now, moved, lost, r.Cursor)
	}
	if errors.Is(err, errOvertaken) {
		return true, nil // and look again
	}
	return false, err
}

func (d *Deposits) book(ctx context.Context, turn, now int64, coins []chain.Coin, lost []chain.Outpoint, cursor string) error {
	err := d.DB.Tx(ctx, func(tx *db.Tx) error {
		if ok, err := deposit.TakeTurn(ctx, tx, turn, now); err != nil || !ok {
			return errors.Join(err, errOvertaken)
		}
		if err := deposit.Lock(ctx, tx, coins, lost); err != nil {
			return err
		}
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
	return deposit.Moved(ctx, d.DB.Read(), r.Coins)
}

// lost lists the young coins that a reorganisation or a replacement took: the
// node does not list them any more, and their transaction is gone. Found are
// those that it still has, in a block that it does not list well (LND, after a
// reorganisation).
func (d *Deposits) lost(ctx context.Context, r chain.Receipts) (lost []chain.Outpoint, found []chain.Coin, err error) {
	young, err := deposit.Young(ctx, d.DB.Read(), chain.Overlap)
	if err != nil {
		return nil, nil, err
	}
	listed := map[chain.Outpoint]bool{}
	for _, c := range r.Coins {
		listed[c.Outpoint] = true
	}
	for _, c := range young {
		o := chain.Outpoint{TxID: c.TxID, Vout: c.Vout}
		if listed[o] {
			continue
		}
		s, err := d.Chain.Tx(ctx, c.TxID)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("coin %s", c.Key()), err)
		}
		switch s.State {
		case chain.Unknown, chain.Conflicted:
			d.Log.Warn("a deposit left the chain", "coin", c.Key(), "state", string(c.State))
			lost = append(lost, o)
		case chain.Confirmed:
			found = append(found, chain.Coin{Outpoint: o, Address: c.Address, Amount: c.Amount,
				Confirmations: s.Confirmations, BlockHash: s.BlockHash, Height: s.Height})
		}
	}
	return lost, found, nil
}
