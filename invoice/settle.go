package invoice

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What became of a receipt.
type Booking uint8

const (
	Foreign Booking = iota // not an invoice of a user: the operator's own money
	Before                 // booked before
	Booked                 // credited now
	Twice                  // paid over Lightning and in the ledger; somebody has to look
	ByHand                 // not credited: an operator said that he settles it with the user
)

// Settle credits what came over Lightning, by what was really paid, in this life of the
// node. The same receipt twice is booked once. The caller moves the cursor in the same
// transaction.
func Settle(ctx context.Context, tx *db.Tx, r lightning.Receipt, life string, now int64) (Booking, error) {
	hash := hex.EncodeToString(r.Hash[:])
	i, err := Find(ctx, tx, hash)
	if err != nil || i == nil {
		return Foreign, err
	}
	u, err := useraccount.Lock(ctx, tx, i.User)
	if err != nil {
		return Foreign, err
	}
	outside, err := ledger.System(ctx, tx, "lightning")
	if err != nil {
		return Foreign, err
	}
	has, err := ledger.Lock(ctx, tx, u.Money, outside)
	if err != nil {
		return Foreign, err
	}
	ok, err := tx.One(ctx, `UPDATE invoice SET state = 'settled', paid = $2, settled = $3, node = $4 WHERE hash = $1 AND state <> 'settled'`,
		hash, int64(r.Amount), now, life)
	if err != nil {
		return Foreign, fmt.Errorf("invoice: settle: %w", err)
	}
	if !ok {
		return i.again(ctx, tx)
	}
	err = ledger.Post(ctx, tx, ledger.Transfer{Ref: "invoice:" + hash, Step: "credit:1", Debit: outside, Credit: u.Money, Amount: r.Amount, At: now})
	if err != nil {
		return Foreign, err
	}
	n, err := statement.Add(ctx, tx, statement.Line{User: int64(u.ID), At: now, Incoming: true, Amount: r.Amount, Peer: statement.ByLightning,
		Memo: i.Said(), Invoice: sql.NullString{String: hash, Valid: true}})
	if err != nil {
		return Foreign, err
	}
	return Booked, Tell(ctx, tx, u, i, r.Amount, has+r.Amount, n, now)
}

// again says how a settled invoice was settled.
func (i *Invoice) again(ctx context.Context, tx *db.Tx) (Booking, error) {
	credited, err := HasCredit(ctx, tx, i.Hash)
	if err != nil {
		return Foreign, err
	}
	if !credited {
		return Twice, nil
	}
	return Before, nil
}

// HasCredit reports whether a receipt of this payment hash is credited.
func HasCredit(ctx context.Context, q sqlx.QueryerContext, hash string) (bool, error) {
	var n int
	if err := sqlx.GetContext(ctx, q, &n, `SELECT COUNT(*) FROM transfer WHERE ref = $1 AND step = 'credit:1'`, "invoice:"+hash); err != nil {
		return false, fmt.Errorf("invoice: %w", err)
	}
	return n > 0, nil
}

// Said is what the history says of the payment: the user's own memo, or the
// words of the payer.
func (i *Invoice) Said() string {
	if i.Sender != "" {
		return i.Sender
	}
	return i.Memo
}

// Tell writes the payee's notice.
func Tell(ctx context.Context, tx *db.Tx, u *useraccount.User, i *Invoice, m, balance amount.Msat, n, now int64) error {
	if !u.Notify || !u.Active {
		return nil
	}
	phrase := "invoice.received"
	if i.Said() != "" {
		phrase = "invoice.received-memo"
	}
	return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: phrase, Lang: u.Lang, Unit: u.Unit, Balance: true,
		Args: map[string]any{"amount": int64(m), "memo": i.Said(), "balance": int64(balance), "n": n}}, now)
}
