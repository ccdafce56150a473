package audit

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/ledger"
)

// Report is what an audit saw. Amounts are in msat.
type Report struct {
	Findings []ledger.Finding `json:"findings"`
	Checked  []string         `json:"checked"` // the rules that were proved, but for those that are among the findings
	Owed     amount.Msat      `json:"owed"`    // to users, held money included
	// The rest is of the world, and only there if it was asked.
	World     bool        `json:"world"`
	NoSums    bool        `json:"no_sums,omitempty"`  // a node is another one, or has forgotten: what it holds was not compared
	Wallet    amount.Msat `json:"wallet,omitempty"`   // what the node holds
	Expected  amount.Msat `json:"expected,omitempty"` // what it should hold by the books
	Channels  amount.Msat `json:"channels,omitempty"` // what the Lightning node holds besides
	Surplus   amount.Msat `json:"surplus"`            // the operator's own, or minus what is missing
	Coins     int         `json:"coins,omitempty"`    // deposits compared one by one
	Payments  int         `json:"payments,omitempty"` // payments compared one by one
	Receipts  int         `json:"receipts,omitempty"` // over Lightning, compared one by one
	Node      string      `json:"node,omitempty"`
	NodeBlock int64       `json:"node_block,omitempty"`
	Notes     []string    `json:"notes,omitempty"` // what the nodes did for themselves
	Warnings  []string    `json:"warnings,omitempty"`

	ended           bool              // see Ended
	whole           bool              // everything was compared with the nodes
	wholeBooks      bool              // all the books were read, and not only what is new
	seen            stretches         // what is new in the books
	clearing        []freeze.Cause    // what stopped payments when this look began, and a look can end
	causes          []freeze.Cause    // what this look found, and Keep stops payments for
	goesOn          []freeze.Cause    // what stopped payments when this look began, and goes on to; found or not
	knownPrefixes   []string          // of the causes of nodes that this look met, and that are those of before
	changeovers     []freeze.Cause    // that an operator declared, and this look saw
	beforeFirstLook []string          // transactions of the wallet from before the first look
	marks           map[string]string // how far this look came
	turns           map[turn]int64    // when this look began

	keys        deposit.Wallet // of the wallet
	asked       bool           // whether a Lightning node was
	peer        string         // its public key, "" if it has none
	owedIsThere bool           // whether what users are owed is there, also over Lightning if no node was asked
	explained   []freeze.Cause // what left without an order, and has one now
}

// Ledger is the report of an audit without the nodes, and of what stops
// payments since an earlier look.
func Ledger(ctx context.Context, d *db.DB, of Scope) (Report, error) {
	r, err := begin(ctx, d, of)
	r.carryOn()
	return r, err
}

// begin is what every report begins with.
func begin(ctx context.Context, d *db.DB, of Scope) (Report, error) {
	now, err := d.Now(ctx)
	if err != nil {
		return Report{}, err
	}
	return beginBy(ctx, d.Read(), func(read func(sqlx.QueryerContext) error) error { return d.Snapshot(ctx, read) }, d.Dialect, now, of)
}

// beginBy reads the books at the moment that it is given, and all else as it is.
func beginBy(ctx context.Context, q sqlx.QueryerContext, moment func(func(sqlx.QueryerContext) error) error, on db.Dialect, now int64, of Scope) (r Report, err error) {
	r.marks, r.turns = map[string]string{}, map[turn]int64{}
	for _, t := range turns {
		if r.turns[t], err = t.read(ctx, q); err != nil {
			return r, err
		}
	}
	if err := moment(func(q sqlx.QueryerContext) error { return r.books(ctx, q, on, now, of) }); err != nil {
		return r, err
	}
	open, err := freeze.Causes(ctx, q)
	if err != nil {
		return r, err
	}
	for _, c := range open {
		if c.ClearsItself() || c.Reason == freeze.Paid || c.Reason == freeze.Spent {
			r.clearing = append(r.clearing, c) // and is asked again
		} else {
			r.carry(c)
		}
	}
	return r, nil
}

// carry repeats a finding of an earlier look. Keep does not write it again, so an operator
// who ended it meanwhile is not overruled.
func (r *Report) carry(c freeze.Cause) {
	r.Findings = append(r.Findings, finding(c))
	r.goesOn = append(r.goesOn, c)
}

// carryOn carries what this look could have ended, and did not.
func (r *Report) carryOn() {
	for _, c := range r.clearing {
		if !r.known(c) && !r.ends(c) {
			r.carry(c)
		}
	}
}

// known reports whether this look found a cause already.
func (r *Report) known(c freeze.Cause) bool { return slices.ContainsFunc(r.causes, c.Is) }

// Stops reports whether this look found what stops payments when it is kept.
func (r *Report) Stops() bool { return len(r.causes) > 0 }

// Harmless are the findings that stop no payments.
func (r *Report) Harmless() (all []ledger.Finding) {
	for _, f := range r.Findings {
		stops := func(c freeze.Cause) bool { return c.Ref == f.Ref || c.Ref == f.Rule }
		if !slices.ContainsFunc(r.causes, stops) && !slices.ContainsFunc(r.goesOn, stops) {
			all = append(all, f)
		}
	}
	return all
}

// Ended reports whether this look compared all that it was to compare. One that meets
// another node, or one that was set back, ends there.
func (r *Report) Ended() bool { return r.ended }
