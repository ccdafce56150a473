package wallet

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
)

// Movement is a line of a statement in full.
type Movement struct {
	Entry
	App string // that asked for it, "" for none
	// Code is that of the order of an outgoing payment which had not begun when the line
	// was read, "" for all others.
	Code  string
	Pause Pause // what keeps that order from beginning
	Waits bool  // it has still not begun
}

// Tx reads one line of the caller's statement by its number.
func (s *Service) Tx(ctx context.Context, by Caller, n int64) (_ Movement, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "tx"); err != nil {
		return Movement{}, err
	}
	l, err := statement.Find(ctx, s.DB.Read(), int64(by.User.ID), n)
	if err != nil {
		return Movement{}, err
	}
	m := Movement{Entry: entryOf(*l)}
	if !l.Order.Valid || l.Incoming {
		return m, nil
	}
	a, _, err := app.OfOrder(ctx, s.DB.Read(), l.Order.Int64)
	if err != nil {
		return Movement{}, err
	}
	if a != nil {
		m.App = a.Name
	}
	if l.State != string(paymentorder.Held) {
		return m, nil
	}
	o, err := paymentorder.ByID(ctx, s.DB.Read(), paymentorder.ID(l.Order.Int64))
	if err != nil {
		return Movement{}, err
	}
	m.Code, m.Waits = o.Code, o.State == paymentorder.Held
	m.Pause, err = s.pauseOf(ctx, s.DB.Read(), o)
	return m, err
}

// ErrNoTransaction is the fault of a transaction that is none of the user's.
var ErrNoTransaction = fault.Define(fault.NotFound, "tx.none")

// Transaction lists what a transaction of the chain did to the caller; ErrNoTransaction
// if that is nothing.
func (s *Service) Transaction(ctx context.Context, by Caller, txid string) (_ []Entry, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "tx"); err != nil {
		return nil, err
	}
	lines, err := statement.OfTransaction(ctx, s.DB.Read(), int64(by.User.ID), i18n.Clip(txid, 64))
	if err == nil && len(lines) == 0 {
		err = ErrNoTransaction
	}
	return entriesOf(lines), err
}
