package audit

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// Keep writes down what a report says of payments, for all gateways: what
// stops them, what does not any more, and how far was looked. Money and
// orders are not touched. Where another report took the turn since this one began,
// only what stops payments is written. False if nothing stops payments.
func (r *Report) Keep(ctx context.Context, tx *db.Tx) (stopped bool, err error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	took := map[turn]bool{}
	for _, t := range turns {
		if !r.takes(t) {
			continue
		}
		if took[t], err = t.take(ctx, tx, r.turns[t], now); err != nil {
			return false, err
		}
	}
	for _, c := range r.causes {
		if _, err := freeze.Payments(ctx, tx, c); err != nil {
			return false, err
		}
	}
	if err := r.moveOn(ctx, tx, took, now); err != nil {
		return false, err
	}
	open, err := freeze.Causes(ctx, tx)
	if err != nil {
		return false, err
	}
	for _, c := range r.clearing {
		// What came up since the look began, also again, it may not have seen.
		if !took[turnOf(c)] || !slices.Contains(open, c) || r.known(c) || !r.ends(c) {
			continue
		}
		if _, err := freeze.Clear(ctx, tx, c); err != nil {
			return false, err
		}
	}
	if len(open) == 0 {
		return false, nil
	}
	return freeze.Stopped(ctx, tx)
}

// moveOn is what the next look begins with, of the nodes whose turn this one took.
func (r *Report) moveOn(ctx context.Context, tx *db.Tx, took map[turn]bool, now int64) error {
	if took[turnChain] {
		for _, ref := range r.beforeFirstLook {
			if _, err := freeze.Expect(ctx, tx, ref, "the first look"); err != nil { // what stops payments already goes on to
				return err
			}
		}
	}
	if took[turnBooks] && r.wholeBooks && !r.booksWrong() {
		if err := cursor.Set(ctx, tx, markWhole, "", now); err != nil {
			return err
		}
	}
	for name, value := range r.marks {
		if !took[turnOfMark(name)] {
			continue
		}
		if err := cursor.Set(ctx, tx, name, value, now); err != nil {
			return err
		}
	}
	for _, c := range r.changeovers { // with the marks, which name the node from now on
		if !took[turnOf(c)] {
			continue
		}
		if err := freeze.Past(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}
