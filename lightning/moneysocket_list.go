package lightning

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sort"
	"time"
)

// owns reports whether an invoice is one that the provider made for us.
func (b *books) owns(inv Invoice) bool {
	own := b.made[inv.Hash]
	return own != nil && own.text == sha256.Sum256([]byte(inv.Text))
}

// Settled delivers the receipts of the journal. The index only grows, also
// over the loss of a journal. What was paid while we were not connected comes
// if the provider tells it later, and else never.
func (n *socketNode) Settled(ctx context.Context, after uint64, deliver func(Receipt) error) error {
	for {
		var next []Receipt
		var changed chan struct{}
		var down time.Time // when a link that is lost is lost for too long
		err := n.look(func(b *books) {
			n.floor, changed = max(n.floor, after), n.changed
			next = b.receipts[b.after(after):]
			if !n.ready {
				down = n.away.Add(n.timeout)
			}
		})
		if err != nil {
			return err
		}
		for _, r := range next {
			if err := deliver(r); err != nil {
				return err
			}
			after = r.SettleIndex
		}
		if len(next) == 0 {
			err = n.wait(ctx, changed, down)
		} else if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err())
		}
		if err != nil {
			return err
		}
	}
}

// after is the number of the first receipt with a higher index.
func (b *books) after(index uint64) int {
	return sort.Search(len(b.receipts), func(i int) bool { return b.receipts[i].SettleIndex > index })
}

// wait waits for news, and for a link that is lost until it is down.
func (n *socketNode) wait(ctx context.Context, changed chan struct{}, down time.Time) error {
	var late <-chan time.Time
	if !down.IsZero() {
		t := time.NewTimer(time.Until(down))
		defer t.Stop()
		late = t.C
	}
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err())
	case <-n.life.Done():
		return fmt.Errorf("%w: %w", ErrUnreachable, errClosed)
	case <-late:
		n.mu.Lock()
		defer n.mu.Unlock()
		return fmt.Errorf("%w: %w", ErrUnreachable, n.why)
	}
}

// Received lists the receipts of the journal, by their number in it.
func (n *socketNode) Received(_ context.Context, from uint64, limit int) (page []Receipt, next uint64, err error) {
	err = n.look(func(b *books) {
		begin, end := pageOf(from, limit, len(b.receipts))
		page, next = append(page, b.receipts[begin:end]...), max(from, uint64(end))
	})
	return page, next, err
}

// Paid lists the payments of the journal, by when each was begun last, or proved
// after it had failed. A fee that was not told is 0.
func (n *socketNode) Paid(_ context.Context, from uint64, limit int) (page []Outcome, next uint64, err error) {
	err = n.look(func(b *books) {
		begin, end := pageOf(from, limit, len(b.order))
		for p := range b.listed(begin, end) {
			if p.State != NotFound {
				page = append(page, p.Outcome)
			}
		}
		next = max(from, uint64(end))
	})
	return page, next, err
}

func pageOf(from uint64, limit, size int) (begin, end int) {
	begin = int(min(from, uint64(size)))
	return begin, min(begin+max(limit, 1), size)
}
