package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

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
		invoice.Informed
		Cancel(ctx context.Context, h lightning.Hash) error
	}
	Longest time.Duration // for which an invoice can be paid after it was made
	Log     *slog.Logger

	taken map[string]bool // by this process; the node takes one back as often as it is asked
}

// Step takes back what has not been taken back yet. An invoice on which a payment
// is just coming in is asked about again, and so are all while another node than ours
// answers.
func (r *Recall) Step(ctx context.Context) (bool, error) {
	now, err := r.DB.Now(ctx)
	if err != nil {
		return false, err
	}
	all, err := invoice.Left(ctx, r.DB.Read(), now-int64(r.Longest/time.Second))
	if err != nil {
		return false, err
	}
	before := r.taken
	r.taken = map[string]bool{}
	var over []string
	var errs []error
	for _, hash := range all {
		if before[hash] {
			r.taken[hash] = true
			continue
		}
		h, err := lightning.ParseHash(hash)
		var done bool
		if err == nil {
			done, err = r.take(ctx, h)
		}
		if done {
			over = append(over, hash)
		}
		errs = append(errs, err)
	}
	if len(over) > 0 { // after the answers, so that it is about them
		if _, err := nodeKey(ctx, r.DB, r.Node); err != nil {
			return false, errors.Join(append(errs, err)...)
		}
	}
	for _, hash := range over {
		r.taken[hash] = true
	}
	return false, errors.Join(errs...)
}

// take has one invoice taken back, and reports whether nobody can pay it any more, or
// the node takes nothing back.
func (r *Recall) take(ctx context.Context, h lightning.Hash) (bool, error) {
	ask, cancel := context.WithTimeout(ctx, nodeTime)
	defer cancel()
	err := r.Node.Cancel(ask, h)
	switch {
	case err == nil:
		r.Log.Info("the invoice of a user who has left was taken back", "hash", h.String())
		return true, nil
	case errors.Is(err, lightning.ErrSettled), errors.Is(err, lightning.ErrNoInvoice), errors.Is(err, lightning.ErrNoCancel):
		return true, nil // its receipt is on the way; or it is nobody's; or it lapses by itself
	case errors.Is(err, lightning.ErrRefused):
		return false, nil // a payment is on its way in
	}
	return false, err
}
