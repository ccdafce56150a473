package audit

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// Several look at once: each gateway, and an operator whose look at everything takes half
// an hour. What one of them saw that began before another look was kept may be older than
// what is on record: what it found is kept, and what it did not find is not over for that.

// turn counts the looks that were kept, of all who share a database. Looks at the books
// alone are quick and many, and so are those of a gateway without Lightning, so each node
// has a turn of its own: who did not look at it overtakes nobody who did.
type turn string

// Each is a row of its name. The row "looks.nodes" is of a time when the nodes had one
// turn: nobody reads it.
const (
	turnBooks     turn = "looks.books"
	turnChain     turn = "looks.chain"
	turnLightning turn = "looks.lightning"
	// turnOwed is of the sum that wallet and channels hold together. Who did not ask for
	// the channels may find it short, and can seldom say that it is not.
	turnOwed turn = "looks.owed"
)

// turns are all of them. Whoever takes some takes them in this order.
var turns = []turn{turnBooks, turnChain, turnLightning, turnOwed}

// read is what a look does before all else; 0 if none was kept.
func (t turn) read(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	return cursor.Count(ctx, q, string(t))
}

// take ends a look that began at n; false if another was kept since.
func (t turn) take(ctx context.Context, tx *db.Tx, n, now int64) (bool, error) {
	return cursor.Take(ctx, tx, string(t), n, now)
}

// takes reports whether this look has the last word of what a turn is about. Of a node it
// has, if it came to its end and asked that node: one that did not end compared too little.
func (r *Report) takes(t turn) bool {
	owed := freeze.Cause{Ref: ruleOwed, Reason: freeze.Balance}
	switch t {
	case turnBooks:
		return true
	case turnChain:
		return r.ended
	case turnLightning:
		return r.ended && r.asked
	case turnOwed:
		return r.ended && (r.known(owed) || r.over(owed))
	}
	return false
}

// turnOf is the turn of who can say that a cause is over.
func turnOf(c freeze.Cause) turn {
	switch c.Reason {
	case freeze.Books:
		return turnBooks
	case freeze.Paid, freeze.Unmade, freeze.Earlier, freeze.Uncredited, freeze.Miscredited, freeze.Unreceived:
		return turnLightning
	}
	switch {
	case c.Ref == ruleOwed:
		return turnOwed
	case c.Ref == ruleJournal || strings.HasPrefix(c.Ref, freeze.RefNode):
		return turnLightning
	}
	return turnChain // at which every look that ends looks: also of a rule that only another version has
}

// turnOfMark is the turn of the node that a mark is about.
func turnOfMark(name string) turn {
	if name == markChain || name == markKeys {
		return turnChain
	}
	return turnLightning
}
