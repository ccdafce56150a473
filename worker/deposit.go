package worker

import (
	"cmp"
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

// inStep is an error unless the node has the tip. One that reads the chain
// again (LND with --reset-wallet-transactions, bitcoind with -reindex) knows
// less than it knew, and what it does not know has not left the chain.
func inStep(ctx context.Context, node chain.Node) error {
	info, err := node.Info(ctx)
	if err == nil && !info.Synced {
		err = fmt.Errorf("%w: it is at block %d", chain.ErrWarmingUp, info.Height)
	}
	return err
}

// errOtherWallet says that the node has another wallet than it had.
var errOtherWallet = errors.New("worker: the wallet has none of the keys that it had; deposits wait until it is back or declared")

// knows is an error unless the node has the wallet that the users' addresses are
// of, and has read its blocks. To another one, and in the middle of a rescan, a
// coin that is where it was is unknown, and what came meanwhile is not listed:
// neither may take a deposit back or move the cursor.
func (d *Deposits) knows(ctx context.Context) error {
	keys, err := d.Chain.Keys(ctx)
	if err != nil {
		return err
	}
	if same, err := deposit.SameWallet(ctx, d.DB.Read(), keys); err != nil || !same {
		return cmp.Or(err, errOtherWallet)
	}
	scans, err := d.Chain.Rescans(ctx)
	if err == nil && scans {
		err = fmt.Errorf("%w: the wallet rescans", chain.ErrWarmingUp)
	}
	return err
}

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
	if err := d.knows(ask); err != nil { // after the answers, so that it is about them
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
