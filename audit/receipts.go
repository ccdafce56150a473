package audit

import (
	"context"
	"fmt"
	"strconv"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
)

// mostPages of receipts are read in one look that is not of everything.
const mostPages = 20

// receipts finds what was credited and not paid, and what was paid and not
// credited although later receipts were. A look that is not of everything goes
// on where the last one stopped, and round again at the end.
func (l *look) receipts(ctx context.Context, node lightning.Node) error {
	cursor, err := invoice.Cursor(ctx, l.q, l.life) // before what it stands for: a receipt may be booked just now
	if err != nil {
		return err
	}
	credited, err := invoice.Credited(ctx, l.q)
	if err != nil {
		return err
	}
	from := uint64(0)
	if !l.whole {
		from, _ = strconv.ParseUint(l.was[markReceipts], 10, 64)
	}
	newest := newestOf(l.was[markSettled], l.life)
	fromTheStart := from == 0
	var wrong []freeze.Cause
	var none unknown
	for n := 0; ; n++ {
		if !l.whole && n == mostPages { // the next look goes on
			l.marks[markReceipts], l.marks[markSettled] = strconv.FormatUint(from, 10), newest.mark(l.life)
			return l.each(ctx, wrong)
		}
		all, next, err := node.Received(ctx, from, page)
		if err != nil {
			return err
		}
		for _, got := range all {
			newest.meets(got)
			hash := got.Hash.String()
			was, booked := credited[hash]
			delete(credited, hash)
			switch {
			case booked && was.Amount != got.Amount:
				wrong = append(wrong, freeze.Cause{Ref: hash, Reason: freeze.Miscredited, Node: l.peer,
					What: fmt.Sprintf("%d msat are credited instead of %d", was.Amount, got.Amount)})
			case !booked:
				ours, err := invoice.Find(ctx, l.q, hash)
				if err != nil {
					return err
				}
				if ours != nil && got.SettleIndex <= cursor {
					wrong = append(wrong, freeze.Cause{Ref: hash, Reason: freeze.Uncredited, Node: l.peer,
						What: fmt.Sprintf("%d msat that came are not credited", got.Amount)})
				} else if ours != nil {
					l.Expected += got.Amount // with the node, not yet on the books
				} else {
					none.meets(got)
				}
			}
			l.Receipts++
		}
		if next == from { // a page of what is not listed any more may be empty
			break
		}
		from = next
	}
	if fromTheStart && newest.lost() { // so that all else that it says of its receipts is no finding
		if err := l.other(ctx, newest.cause()); err != nil {
			return err
		}
	}
	l.marks[markReceipts], l.marks[markSettled] = "0", newest.mark(l.life) // and from the start again
	if l.whole {
		none.note(l.Report)
		for hash, was := range credited {
			if was.Life == l.life { // another node received it else, or this one in a life that it forgot
				wrong = append(wrong, freeze.Cause{Ref: hash, Reason: freeze.Unreceived, Node: l.peer,
					What: fmt.Sprintf("%d msat are credited, and the node knows nothing of them", was.Amount)})
			}
		}
	}
	return l.each(ctx, wrong)
}

// each finds what is wrong with single receipts.
func (l *look) each(ctx context.Context, wrong []freeze.Cause) error {
	for _, c := range wrong {
		if _, err := l.found(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
