package worker

import (
	"cmp"
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
// nobody listened comes first. What another node than ours received is booked when an
// operator has declared it: then it is ours, and counts from the start.
func (r *Receipts) Step(ctx context.Context) (bool, error) {
	key, err := nodeKey(ctx, r.DB, r.Node)
	if err != nil {
		return false, err
	}
	after, err := invoice.Cursor(ctx, r.DB.Read(), key)
	if err != nil {
		return false, err
	}
	err = r.Node.Settled(ctx, after, func(got lightning.Receipt) error { return r.Book(ctx, key, got) })
	if ctx.Err() != nil {
		return false, nil
	}
	return false, errors.Join(errStreamEnded, err)
}

// Book credits one receipt of the node with this public key and moves its cursor, in
// one transaction. It asks again who the node is: the receipt may be of another one
// that has its place since the cursor was read.
func (r *Receipts) Book(ctx context.Context, key string, got lightning.Receipt) error {
	ctx = context.WithoutCancel(ctx)
	if now, err := nodeKey(ctx, r.DB, r.Node); err != nil || now != key {
		return cmp.Or(err, errOtherNode)
	}
	var what invoice.Booking
	err := r.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if what, err = invoice.Settle(ctx, tx, got, key, now); err != nil {
			return err
		}
		return invoice.MoveCursor(ctx, tx, key, got.SettleIndex, now)
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
