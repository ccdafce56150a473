package worker

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/crash"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
)

// Receipts books what comes over Lightning.
type Receipts struct {
	DB   *db.DB
	Node lightning.Node
	Log  *slog.Logger
	Wake func()
}

// errStreamEnded says that the node hung up.
var errStreamEnded = errors.New("worker: the node ended the stream of receipts")

// Step listens until the node hangs up or the context ends. What came while
// nobody listened comes first.
func (r *Receipts) Step(ctx context.Context) (bool, error) {
	after, err := invoice.Cursor(ctx, r.DB.Read())
	if err != nil {
		return false, err
	}
	err = r.Node.Settled(ctx, after, func(got lightning.Receipt) error { return r.Book(ctx, got) })
	if ctx.Err() != nil {
		return false, nil
	}
	return false, errors.Join(errStreamEnded, err)
}

// Book credits one receipt and moves the cursor, in one transaction.
func (r *Receipts) Book(ctx context.Context, got lightning.Receipt) error {
	ctx = context.WithoutCancel(ctx)
	var what invoice.Booking
	err := r.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if what, err = invoice.Settle(ctx, tx, got, now); err != nil {
			return err
		}
		return invoice.MoveCursor(ctx, tx, got.SettleIndex, now)
	})
	if err != nil {
		return err
	}
	crash.At("receipt.booked")
	switch what {
	case invoice.Booked:
		r.Wake()
	case invoice.Twice:
		r.Log.Error("an invoice was paid over Lightning that a neighbour had paid; the money is the gateway's until somebody looks",
			"hash", hex.EncodeToString(got.Hash[:]), "msat", int64(got.Amount))
	case invoice.Foreign:
		r.Log.Info("a receipt that is no user's", "hash", hex.EncodeToString(got.Hash[:]))
	}
	return nil
}
