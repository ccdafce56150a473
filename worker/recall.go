package worker

import (
	"context"
	"errors"
	"log/slog"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
)

// Recall has the node take back the invoices of users who have left, so that
// nobody pays somebody who is not there. It books nothing: what is paid all the
// same is still the user's.
type Recall struct {
	DB   *db.DB
	Node interface {
		Cancel(ctx context.Context, h lightning.Hash) error
	}
	Log *slog.Logger

	taken map[string]bool // by this process; the node takes one back as often as it is asked
}

// longestInvoice is how long, in seconds, an invoice can be paid at most: what
// config allows for lightning.expiry.
const longestInvoice = 7 * 24 * 3600

// Step takes back what has not been taken back yet. An invoice on which a payment
// is just coming in is asked about again.
func (r *Recall) Step(ctx context.Context) (bool, error) {
	now, err := r.DB.Now(ctx)
	if err != nil {
		return false, err
	}
	all, err := invoice.Left(ctx, r.DB.Read(), now-longestInvoice)
	if err != nil {
		return false, err
	}
	before := r.taken
	r.taken = map[string]bool{}
	var errs []error
	for _, hash := range all {
		if before[hash] {
			r.taken[hash] = true
			continue
		}
		h, err := lightning.ParseHash(hash)
		if err == nil {
			err = r.take(ctx, h)
		}
		if r.taken[hash] = err == nil; err != nil {
			errs = append(errs, err)
		}
	}
	return false, errors.Join(errs...)
}

// take has one invoice taken back; nil if nobody can pay it any more, or the node
// takes nothing back.
func (r *Recall) take(ctx context.Context, h lightning.Hash) error {
	ask, cancel := context.WithTimeout(ctx, nodeTime)
	defer cancel()
	err := r.Node.Cancel(ask, h)
	switch {
	case err == nil:
		r.Log.Info("the invoice of a user who has left was taken back", "hash", h.String())
		return nil
	case errors.Is(err, lightning.ErrSettled), errors.Is(err, lightning.ErrNoInvoice), errors.Is(err, lightning.ErrNoCancel):
		return nil // its receipt is on the way; or it is nobody's; or it lapses by itself
	}
	return err
}
