package lightning

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/bitcoim/bitcoim/amount"
)

// What a journal writes down, one line each.
const (
	noteBirth   = "journal" // the first line; again after an old copy was restored
	noteInvoice = "invoice" // the provider has made one for us
	noteBegun   = "begun"   // a payment is about to be asked for
	noteUnsent  = "unsent"  // it was not: nobody was there to ask
	noteFailed  = "failed"  // the provider says no
	noteUnsure  = "unsure"  // the provider says that it does not know
	notePaid    = "paid"    // a preimage proves it
	noteReceipt = "receipt" // a preimage proves that somebody paid us
	noteWad     = "wad"     // the balance that the provider shows, with all before it explained
)

// note is a line of a journal. Times are in seconds, amounts in msat.
type note struct {
	What     string      `json:"what"`
	At       int64       `json:"at"`
	Hash     string      `json:"hash,omitempty"`
	Bolt11   string      `json:"bolt11,omitempty"`
	Msat     amount.Msat `json:"msat,omitempty"`
	Limit    amount.Msat `json:"limit,omitempty"` // of a payment that begins: the fee that its user agreed to
	Fee      amount.Msat `json:"fee,omitempty"`   // of a payment that was made: as the provider tells it
	Expires  int64       `json:"expires,omitempty"`
	Preimage string      `json:"preimage,omitempty"`
	Index    uint64      `json:"index,omitempty"`
	Reason   Reason      `json:"reason,omitempty"`
	Said     string      `json:"said,omitempty"` // the provider's words
}

// books are what all notes together say.
type books struct {
	birth    int64 // since when nothing is missing; 0 before the first line
	made     map[Hash]*made
	sent     map[Hash]*sent
	order    []Hash // of payments, by when they began or were proved; see list
	receipts []Receipt
	account  account
}

// made is an invoice of ours.
type made struct {
	text   [32]byte // SHA-256 of the invoice
	amount amount.Msat
	paid   bool
}

// sent is a payment of ours. It is NotFound if it was never asked for.
type sent struct {
	Outcome
	begun, expires int64
	limit          amount.Msat // fee that the user agreed to
	place          int         // in the list, from 1
}

func newBooks() *books {
	return &books{made: map[Hash]*made{}, sent: map[Hash]*sent{}}
}

var errNote = errors.New("a note that does not fit the ones before it")

// weigh says whether a note may be, and what it changes. Nothing is changed
// before it is on the disk.
func (b *books) weigh(n note) (change func(), err error) {
	if n.What == noteBirth {
		if n.At <= 0 || n.At < b.birth {
			return nil, fmt.Errorf("%w: a journal that begins before it began", errNote)
		}
		return func() { b.birth = n.At }, nil
	}
	if b.birth == 0 {
		return nil, fmt.Errorf("%w: the first begins the journal", errNote)
	}
	if n.What == noteWad {
		return b.weighWad(n)
	}
	h, err := ParseHash(n.Hash)
	if err != nil {
		return nil, err
	}
	switch n.What {
	case noteInvoice, noteBegun:
		return b.begins(h, n)
	case notePaid, noteReceipt:
		return b.proves(h, n)
	case noteUnsent, noteFailed, noteUnsure:
		return b.ends(h, n)
	}
	return nil, fmt.Errorf("%w: nobody knows %.20q", errNote, n.What)
}

// begins takes an invoice whose hash is new, or a payment that is not under
// way. One hash is never both.
func (b *books) begins(h Hash, n note) (func(), error) {
	own, p := b.made[h], b.sent[h]
	switch {
	case own != nil, n.Msat <= 0, n.Msat > amount.Max, !sane(int64(n.Limit)):
	case n.What == noteInvoice && p == nil:
		return func() { b.made[h] = &made{text: sha256.Sum256([]byte(n.Bolt11)), amount: n.Msat} }, nil
	case n.What == noteBegun && (p == nil || p.State == Failed || p.State == NotFound):
		return func() {
			attempt := uint64(1)
			if p != nil {
				attempt = p.Attempt + 1
			}
			b.sent[h] = &sent{Outcome: Outcome{Hash: h, State: InFlight, Amount: n.Msat, Attempt: attempt}, begun: n.At, expires: n.Expires, limit: n.Limit}
			b.list(h)
		}, nil
	}
	return nil, fmt.Errorf("%w: %s of %s", errNote, n.What, h)
}

// ends takes the end of a payment that is under way.
func (b *books) ends(h Hash, n note) (func(), error) {
	p := b.sent[h]
	if p == nil || p.State != InFlight {
		return nil, fmt.Errorf("%w: %s of %s", errNote, n.What, h)
	}
	return func() {
		switch n.What {
		case noteUnsent:
			p.State = NotFound
		case noteFailed:
			p.State, p.Reason = Failed, n.Reason
		}
	}, nil
}

// proves takes a preimage. It ends a payment whatever was said of it before.
func (b *books) proves(h Hash, n note) (func(), error) {
	var proof Preimage
	if !bytes32(n.Preimage, proof[:]) || proof.Hash() != h {
		return nil, fmt.Errorf("%w: the preimage is not of %s", errNote, h)
	}
	if !sane(int64(n.Fee)) {
		return nil, fmt.Errorf("%w: a fee of %d msat", errNote, n.Fee)
	}
	own, p := b.made[h], b.sent[h]
	switch {
	case n.What == notePaid && p != nil && p.State != Succeeded:
		return func() {
			if p.State != InFlight { // it had ended, and whoever lists what is new has passed it
				b.list(h)
			}
			p.State, p.Preimage, p.Reason = Succeeded, proof, ""
			p.Fee = min(n.Fee, p.limit) // what is above the limit is the account's
			b.account.pays(p, n.Fee)
		}, nil
	case n.What == noteReceipt && own != nil && !own.paid && n.Index > b.last():
		return func() {
			own.paid = true
			b.account.moved += own.amount
			b.receipts = append(b.receipts, Receipt{Hash: h, Preimage: proof, Amount: own.amount,
				Settled: time.Unix(n.At, 0).UTC(), SettleIndex: n.Index})
		}, nil
	}
	return nil, fmt.Errorf("%w: %s of %s", errNote, n.What, h)
}

// list puts a payment at the end of the list, where whoever goes on from an
// index meets it. It is listed once, at its last place.
func (b *books) list(h Hash) {
	b.order = append(b.order, h)
	b.sent[h].place = len(b.order)
}

// listed goes through the payments from begin up to end, in the order of their
// places.
func (b *books) listed(begin, end int) iter.Seq[*sent] {
	return func(yield func(*sent) bool) {
		for i, h := range b.order[begin:end] {
			if p := b.sent[h]; p.place == begin+i+1 && !yield(p) {
				return
			}
		}
	}
}

// last is the index of the last receipt.
func (b *books) last() uint64 {
	if len(b.receipts) == 0 {
		return 0
	}
	return b.receipts[len(b.receipts)-1].SettleIndex
}

// find is how far a payment is, as far as the journal says.
func (b *books) find(h Hash) sent {
	if p := b.sent[h]; p != nil && p.State != NotFound {
		return *p
	}
	return sent{Outcome: Outcome{Hash: h}}
}
