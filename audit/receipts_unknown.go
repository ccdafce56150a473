package audit

import (
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// unknown are receipts that are no user's by these books. They are the operator's own, as
// a rule. If the books are an older copy, users made those invoices since, and nobody
// credits them: an operator has to hear of it. What came without an invoice is no user's.
type unknown struct {
	n    int
	sum  amount.Msat
	last time.Time
}

func (u *unknown) meets(got lightning.Receipt) {
	if got.Keysend {
		return
	}
	u.n++
	u.sum += got.Amount
	if got.Settled.After(u.last) {
		u.last = got.Settled
	}
}

func (u *unknown) note(r *Report) {
	if u.n == 0 {
		return
	}
	receipts := "1 receipt"
	if u.n > 1 {
		receipts = fmt.Sprintf("%d receipts", u.n)
	}
	at := ""
	if !u.last.IsZero() {
		at = ", the last one at " + u.last.UTC().Format(time.DateTime)
	}
	r.note(fmt.Sprintf("%s over Lightning, %s%s, to invoices that the books do not know: your own, or, if the books are an older copy, users' who are not credited",
		receipts, sats(u.sum), at))
}
