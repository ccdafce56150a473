package lightning

import "context"

// Doubt is a difference between what an account shows and what we know of it.
type Doubt struct {
	Ref  string // payment hash that it is probably about; "" if nobody can say
	What string // for the operator
	// Lost says that money left the account for which there is no reason: who
	// pays from it should stop.
	Lost bool
}

// Doubtful is a node that cannot be asked what became of everything, and whose
// balance is compared with what it has told instead.
type Doubtful interface {
	// Doubts lists what differs now; nothing is the good answer. What moves just
	// now may differ for a moment, so ask twice.
	Doubts(ctx context.Context) ([]Doubt, error)
}
