package worker

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/internal/failpoint"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
)

// Receipts books what comes over Lightning.
type Receipts struct {
	DB   *db.DB
	Node lightning.Node
	Log  *slog.Logger
	Wake func()
	Poll time.Duration // how often it is asked whether the node began another life; 0 is 10 seconds
}

var (
	// errStreamEnded says that the node hung up.
	errStreamEnded = errors.New("worker: the node ended the stream of receipts")
	// errAnotherLife says that an operator has declared that the node forgot what it showed.
	errAnotherLife = errors.New("worker: the Lightning node counts its receipts from the start again")
)

// Step listens until the node hangs up or the context ends. What came while
// nobody listened comes first. What another node than ours received is booked when an
// operator has declared it: then it is ours, and counts from the start. So does our own
// that has forgotten what it showed, as soon as that is declared: what it is told after
// the cursor of the life before would be silence.
func (r *Receipts) Step(ctx context.Context) (bool, error) {
	key, err := nodeKey(ctx, r.DB, r.Node)
	if err != nil {
		return false, err
	}
	forgot, err := freeze.Forgot(ctx, r.DB.Read())
	if err != nil {
		return false, err
	}
	after, err := invoice.Cursor(ctx, r.DB.Read(), invoice.Life(key, forgot))
	if err != nil {
		return false, err
	}
	err = r.whileItLives(ctx, forgot, func(ctx context.Context) error {
		return r.Node.Settled(ctx, after, func(got lightning.Receipt) error { return r.Book(ctx, key, forgot, got) })
	})
	switch {
	case ctx.Err() != nil:
		return false, nil
	case errors.Is(err, errAnotherLife):
		return true, nil
	}
	return false, errors.Join(errStreamEnded, err)
}

// whileItLives listens until it ends, or the node begins another life.
func (r *Receipts) whileItLives(ctx context.Context, forgot int64, listen func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(cmp.Or(r.Poll, 10*time.Second))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if now, err := freeze.Forgot(ctx, r.DB.Read()); err == nil && now != forgot {
				cancel(errAnotherLife)
				return
			}
		}
	})
	err := listen(ctx)
	if errors.Is(context.Cause(ctx), errAnotherLife) {
		err = errAnotherLife
	}
	cancel(nil)
	watch.Wait()
	return err
}

// Book credits one receipt of the node with this public key, in the life that follows so
// many that it forgot, and moves the cursor of that, in one transaction. It asks again who
// the node is: the receipt may be of another one that has its place since the cursor was
// read. That of a life that is over waits, to be told and numbered in the next one. What
// an operator settles with the user is not credited, however often it is told.
func (r *Receipts) Book(ctx context.Context, key string, forgot int64, got lightning.Receipt) error {
	ctx = context.WithoutCancel(ctx)
	if now, err := nodeKey(ctx, r.DB, r.Node); err != nil || now != key {
		return cmp.Or(err, invoice.ErrOtherNode)
	}
	what, err := r.book(ctx, key, forgot, got, true)
	if errors.Is(err, freeze.ErrStopped) {
		what, err = r.book(ctx, key, forgot, got, false)
	}
	if err != nil {
		return err
	}
	failpoint.At("receipt.booked")
	switch what {
	case invoice.Booked:
		r.Wake()
	case invoice.Twice:
		r.Log.Error("an invoice was paid over Lightning that a neighbour had paid; the money is the gateway's until somebody looks",
			"hash", hex.EncodeToString(got.Hash[:]), "msat", int64(got.Amount))
	case invoice.ByHand:
		r.Log.Warn("a receipt is not credited, because an operator declared that it was not; he settles it with the user",
			"hash", hex.EncodeToString(got.Hash[:]), "msat", int64(got.Amount))
	case invoice.Foreign:
		r.foreign(got)
	}
	return nil
}

// foreign says that a receipt is no user's by these books. They may be an older copy, and
// the user who made the invoice since is not credited: nothing else says so. What came
// without an invoice is the operator's.
func (r *Receipts) foreign(got lightning.Receipt) {
	said := []any{"hash", got.Hash.String(), "msat", int64(got.Amount), "at", got.Settled.UTC().Format(time.DateTime)}
	if got.Keysend {
		r.Log.Info("a receipt without an invoice, which is no user's", said...)
		return
	}
	r.Log.Warn("a receipt of an invoice that the books do not know: your own, or a user's if the books are an older copy", said...)
}

// book moves the cursor past a receipt, and credits it if it is to be credited. It is
// freeze.ErrStopped, and nothing is done, if an operator said that the receipt is not credited.
// That is asked last, so that he does not say it between the answer and the commit.
func (r *Receipts) book(ctx context.Context, key string, forgot int64, got lightning.Receipt, credit bool) (what invoice.Booking, err error) {
	err = r.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if n, err := freeze.Forgot(ctx, tx); err != nil || n != forgot {
			return cmp.Or(err, errAnotherLife)
		}
		what = invoice.ByHand
		life := invoice.Life(key, forgot)
		if credit {
			if what, err = invoice.Settle(ctx, tx, got, life, now); err != nil {
				return err
			}
		}
		if err := invoice.MoveCursor(ctx, tx, life, got.SettleIndex, now); err != nil || what != invoice.Booked {
			return err
		}
		return freeze.Unless(ctx, tx, func(ctx context.Context, q sqlx.QueryerContext) (bool, error) {
			return freeze.Acknowledged(ctx, q, freeze.Cause{Ref: got.Hash.String(), Reason: freeze.Uncredited})
		})
	})
	return what, err
}
