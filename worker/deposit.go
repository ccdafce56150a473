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
	"github.com/bitcoim/bitcoim/internal/failpoint"
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
	w, key, err := deposit.Ours(ask, d.DB.Read(), d.Chain)
	if err != nil {
		return false, err
	}
	cursor, err := deposit.Cursor(ctx, d.DB.Read(), key)
	if err != nil {
		return false, err
	}
	if _, err := chain.InStep(ask, d.Chain); err != nil {
		return false, err
	}
	r, err := d.Chain.Since(ask, cursor)
	if err != nil {
		return false, err
	}
	lost, found, err := d.lost(ask, w, r)
	if err != nil {
		return false, err
	}
	r.Coins = append(r.Coins, found...)
	moved, err := deposit.Moved(ctx, d.DB.Read(), w, r.Coins)
	if err != nil {
		return false, err
	}
	if r.Cursor == cursor && len(moved) == 0 && len(lost) == 0 {
		return false, nil
	}
	if still, err := walletKnows(ask, d.DB, d.Chain); err != nil || !still.Has(key) { // after the answers, so that it is about them
		return false, cmp.Or(err, deposit.ErrOtherWallet)
	}
	for _, o := range lost {
		d.Log.Warn("a deposit left the chain", "coin", fmt.Sprintf("%s:%d", o.TxID, o.Vout))
	}
	now, err := d.DB.Now(ctx)
	if err != nil {
		return false, err
	}
	part := sights{wallet: w, key: key, now: now}
	for ; len(moved) > batch && err == nil; turn++ {
		part.coins = moved[:batch]
		err = d.book(ctx, turn, part)
		moved = moved[batch:]
	}
	if err == nil {
		part.coins, part.lost, part.cursor = moved, lost, r.Cursor
		err = d.book(ctx, turn, part)
	}
	if errors.Is(err, errOvertaken) {
		return true, nil // and look again
	}
	return false, err
}

// sights are what a wallet showed, as much of it as one transaction books.
type sights struct {
	wallet deposit.Wallet
	key    string // by which it is known
	now    int64
	coins  []chain.Coin
	lost   []chain.Outpoint
	cursor string // up to which all is booked; "" if there is more
}

func (d *Deposits) book(ctx context.Context, turn int64, s sights) error {
	err := d.DB.Tx(ctx, func(tx *db.Tx) error {
		if ok, err := deposit.TakeTurn(ctx, tx, turn, s.now); err != nil || !ok {
			return errors.Join(err, errOvertaken)
		}
		if err := deposit.Lock(ctx, tx, s.coins, s.lost); err != nil {
			return err
		}
		for _, c := range s.coins {
			if err := d.Rules.Book(ctx, tx, s.now, s.key, c); err != nil {
				return fmt.Errorf("coin %s:%d: %w", c.TxID, c.Vout, err)
			}
		}
		for _, o := range s.lost {
			if err := d.Rules.Lost(ctx, tx, s.now, s.wallet, o); err != nil {
				return fmt.Errorf("coin %s:%d: %w", o.TxID, o.Vout, err)
			}
		}
		failpoint.At("deposit.booked")
		if s.cursor == "" {
			return nil
		}
		return deposit.MoveCursor(ctx, tx, s.key, s.cursor, s.now)
	})
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return err
}

// lost lists the young coins of a wallet that a reorganisation or a replacement took: the
// node does not list them any more, and their transaction is gone. Found are
// those that it still has, in a block that it does not list well (LND, after a
// reorganisation).
func (d *Deposits) lost(ctx context.Context, w deposit.Wallet, r chain.Receipts) (lost []chain.Outpoint, found []chain.Coin, err error) {
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
		if listed[o] || !w.Has(c.Wallet) { // what another one had, this one has never heard of
			continue
		}
		s, err := d.Chain.Tx(ctx, c.TxID)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("coin %s", c.Key()), err)
		}
		switch s.State {
		case chain.Unknown, chain.Conflicted:
			lost = append(lost, o)
		case chain.Confirmed:
			found = append(found, chain.Coin{Outpoint: o, Address: c.Address, Amount: c.Amount,
				Confirmations: s.Confirmations, BlockHash: s.BlockHash, Height: s.Height})
		}
	}
	return lost, found, nil
}
