package paymentorder

import (
	"context"
	"database/sql"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Full reports whether an account that has so much takes no more from others.
// It does not ask how much comes: whoever could try amounts until one fits
// would read the balance of somebody else.
func (l Limits) Full(has amount.Msat) bool { return has >= l.Balance }

// payInside moves the money to a neighbour, who has so much, and ends the order. Nothing
// is set aside first: nobody outside takes part, so one transfer is hold and effect. It
// returns the number of the payer's line.
func (l Limits) payInside(ctx context.Context, tx *db.Tx, u, to *useraccount.User, o *Order, has amount.Msat, now int64) (int64, error) {
	if l.Full(has) {
		return 0, ErrRecipientFull.With(fault.Args{"who": o.SaidTo})
	}
	move, err := o.moving(Confirm, `, confirmed = $4, ended = $4, fee = 0, by_app = $5`, now, o.ByApp)
	if err != nil {
		return 0, err
	}
	post, err := ledger.Posting(ledger.Transfer{Ref: o.Ref(), Step: "pay", Debit: u.Money, Credit: to.Money, Amount: o.Amount, At: now})
	if err != nil {
		return 0, err
	}
	// An account of old has no name until its user chooses one. Its JID is
	// nobody's business: such a payer is "" here, and a word in the phrases.
	line := statement.Line{User: int64(to.ID), At: now, Incoming: true, Amount: o.Amount, Peer: u.Name, Memo: o.Memo, Order: sql.NullInt64{Int64: int64(o.ID), Valid: true}}
	var n statement.Numbers
	if err := tx.Run(ctx, move, post, n.AddBoth(o.payersLine(u, now), line)); err != nil {
		return 0, err
	}
	o.Confirmed = sql.NullInt64{Int64: now, Valid: true}
	line.N = n.Last
	return n.First, tellPayee(ctx, tx, to, line, has+o.Amount)
}

// tellPayee tells who was paid of a line, and of the balance after it, if they want to
// hear of it from that payer.
func tellPayee(ctx context.Context, tx *db.Tx, to *useraccount.User, l statement.Line, balance amount.Msat) error {
	if !to.Notify || to.Mutes {
		return nil
	}
	phrase := "order.received"
	if l.Memo != "" {
		phrase = "order.received-memo"
	}
	return outbox.Add(ctx, tx, outbox.Notice{User: to.JID, Phrase: phrase, Lang: to.Lang, Unit: to.Unit, Balance: true,
		Args: map[string]any{"who": l.Peer, "amount": int64(l.Amount), "memo": l.Memo, "balance": int64(balance), "n": l.N}}, l.At)
}
