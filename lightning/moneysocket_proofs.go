package lightning

import (
	"encoding/hex"
	"fmt"
	"os"
	"time"
)

// TakeProofs writes preimages into the journal of a Moneysocket backend that
// were told while nobody listened, as an operator finds them in the provider's
// receipts. Each proves itself: those of no invoice and no payment of ours, and
// those that are known already, are passed over. It returns the payment hashes
// of the others. It fails while a daemon has the journal.
func TakeProofs(journal string, proofs []Preimage) (received, paid []Hash, err error) {
	if _, err := os.Stat(journal); err != nil { // it is never begun here
		return nil, nil, fmt.Errorf("lightning: %w", err)
	}
	file, books, err := openJournal(journal)
	if err != nil {
		return nil, nil, fmt.Errorf("lightning: %w", err)
	}
	defer func() { _ = file.Close() }()
	if file.view {
		return nil, nil, fmt.Errorf("lightning: %w: stop it first", ErrElsewhere)
	}
	for _, p := range proofs {
		n, fits := books.fit(proof{Preimage: p}, 0)
		if !fits {
			continue
		}
		if err := file.note(books, n); err != nil {
			return received, paid, fmt.Errorf("lightning: journal: %w", err)
		}
		if n.What == noteReceipt {
			received = append(received, p.Hash())
		} else {
			paid = append(paid, p.Hash())
		}
	}
	return received, paid, nil
}

// fit is the note of what a preimage proves; false if that is nothing, or
// known. Indexes of receipts are above floor: they go on where an older
// journal, if it was lost, had ended.
func (b *books) fit(p proof, floor uint64) (note, bool) {
	h := p.Hash()
	own, paid := b.made[h], b.sent[h]
	n := note{Hash: h.String(), Preimage: hex.EncodeToString(p.Preimage[:])}
	switch {
	case own != nil && !own.paid:
		n.What, n.Index = noteReceipt, max(b.last()+1, floor+1, uint64(time.Now().UnixMilli()))
	case paid != nil && paid.State != Succeeded:
		n.What, n.Fee = notePaid, p.fee
	default:
		return note{}, false
	}
	return n, true
}
