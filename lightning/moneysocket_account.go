package lightning

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// account is what a provider's wad should be, in msat: what it was when all was
// explained, and what we know to have come and gone since.
type account struct {
	known bool
	base  amount.Msat // the wad of the last note of it
	moved amount.Msat // receipts less payments since, with the fees that were told
	fees  amount.Msat // that payments since may have cost besides, as far as was agreed
}

// weighWad takes a note of the wad.
func (b *books) weighWad(n note) (func(), error) {
	if !sane(int64(n.Msat)) {
		return nil, fmt.Errorf("%w: a wad of %d msat", errNote, n.Msat)
	}
	return func() { b.account = account{known: true, base: n.Msat} }, nil
}

// pays takes a payment of the account's that was made, with the fee if it was
// told.
func (a *account) pays(p *sent, fee amount.Msat) {
	a.moved -= p.Amount + fee
	if fee == 0 {
		a.fees += p.limit
	}
}

// bounds are what the wad is between, if all that moved it is in the books:
// a payment under way has left already, or has not.
func (b *books) bounds() (low, high amount.Msat, busy bool) {
	high = b.account.base + b.account.moved
	low = high - b.account.fees
	for _, p := range b.sent {
		if p.State == InFlight {
			low -= p.Amount + p.limit
			busy = true
		}
	}
	return low, high, busy
}

// shows hears of the wad.
func (n *socketNode) shows(i moneysocket.Info) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wad, n.fresh = amount.Msat(i.Wad.Msats), !n.budget && !i.Wad.Stable
	n.settle()
}

// settle writes the wad down when nothing is under way and the books explain
// it: the fees that nobody told are gone and done with. A wad that is older than
// a preimage says nothing. The caller has the lock.
func (n *socketNode) settle() {
	if !n.fresh || len(n.came) > 0 {
		return
	}
	low, high, busy := n.books.bounds()
	was := n.books.account
	if busy || was.known && (n.wad < low || n.wad > high || was.fees == 0) {
		return
	}
	if err := n.file.note(n.books, note{What: noteWad, Msat: n.wad}); err != nil {
		n.log.Error("the account's balance could not be written down", "err", err)
	}
}

// Doubts compares the wad with the journal. There are none before the provider
// has shown a balance, and for one that shows a budget.
func (n *socketNode) Doubts(ctx context.Context) (all []Doubt, err error) {
	shown, err := n.shown(ctx)
	if err != nil || n.budget || shown.Wad.Stable {
		return nil, err
	}
	err = n.look(func(b *books) { all = b.doubts(amount.Msat(shown.Wad.Msats), n.away.Unix()) })
	return all, err
}

// doubts are the differences of a wad. since is when the link began: what was
// asked before may have had its answer while nobody listened.
func (b *books) doubts(m amount.Msat, since int64) []Doubt {
	low, high, _ := b.bounds()
	switch {
	case !b.account.known:
		return nil
	case m > high:
		return b.uncredited(m-high, m-low)
	case m < low:
		return []Doubt{{Lost: true, What: fmt.Sprintf("the account shows %d msat; at least %d more are missing than was asked for", m, low-m)}}
	}
	var all []Doubt
	for p := range b.listed(0, len(b.order)) {
		if h := p.Hash; p.State == InFlight && p.begun <= since && high-m >= p.Amount {
			all = append(all, Doubt{Ref: h.String(), What: fmt.Sprintf("%d msat are gone from the account: the payment of %d msat, %s, was probably made, and its proof was told to nobody",
				high-m, p.Amount, h)})
		}
	}
	return all
}

// uncredited says what an account that has too much was probably paid for. It
// is more than least and, with the fees that nobody told, not more than most.
func (b *books) uncredited(least, most amount.Msat) []Doubt {
	var all []Doubt
	for h, own := range b.made {
		if !own.paid && own.amount >= least && own.amount <= most {
			all = append(all, Doubt{Ref: h.String(), What: fmt.Sprintf("the account shows %d msat too much: the invoice of %d msat, %s, was probably paid, and is not credited",
				least, own.amount, h)})
		}
	}
	if len(all) == 0 {
		all = append(all, Doubt{What: fmt.Sprintf("the account shows %d msat too much, and no open invoice is of that amount", least)})
	}
	return all
}

var _ Doubtful = (*socketNode)(nil)
