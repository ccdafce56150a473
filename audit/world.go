package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Scope is how much of the past is compared.
type Scope uint8

const (
	// Lately compares what happened since the last look that was kept, and what
	// may still change; of the books what is new in them. The first look, and one after
	// something that clears itself was found, is of everything. Once a day all the books are read.
	Lately Scope = iota
	// AllBooks compares as Lately, and reads all the books: they may have changed by other
	// hands, as may those of a gateway that begins.
	AllBooks
	// Everything compares each coin and payment that there ever was.
	Everything
)

// World compares the books with the nodes, both ways: what is in the books with
// what the nodes know of it, and what the nodes did since the last look that
// was kept with the books. ln is nil without Lightning. Coins may move between
// wallet and channels, so what users are owed is compared with both together.
//
// The nodes are asked for lists, and one by one for what is not on them. An
// error means that nothing is known: it is no finding, and what comes with it is
// the report of the books alone.
func World(ctx context.Context, d *db.DB, node chain.Node, ln lightning.Node, of Scope) (Report, error) {
	q := d.Read()
	books, err := begin(ctx, d, of)
	if err != nil {
		return books, err
	}
	info, err := chain.InStep(ctx, node)
	if err != nil {
		return books, err
	}
	r := books
	r.marks = map[string]string{}
	r.World, r.Node, r.NodeBlock = true, info.Kind+" "+info.Version, info.Height
	l, err := newLook(ctx, q, &r)
	if err != nil {
		return books, err
	}
	r.whole = of == Everything || l.at == 0 || slices.ContainsFunc(r.clearing, freeze.Cause.ClearsItself)
	err = l.all(ctx, node, ln)
	switch {
	case errors.Is(err, errOther): // which is found, and all that can be said
		r.NoSums = true
	case err != nil:
		return books, err
	default:
		r.ended = true
		r.Checked = append(r.Checked, r.checked(ln)...)
	}
	r.carryOn()
	return r, nil
}

func (l *look) all(ctx context.Context, node chain.Node, ln lightning.Node) error {
	if err := l.wallet(ctx, node); err != nil {
		return err
	}
	if ln != nil {
		if err := l.node(ctx, ln); err != nil {
			return err
		}
	}
	if err := l.spent(ctx, node); err != nil {
		return err
	}
	if err := l.explainSent(ctx); err != nil {
		return err
	}
	if ln != nil {
		if err := l.made(ctx, ln); err != nil {
			return err
		}
	}
	then, err := l.now(ctx, ln != nil)
	if err != nil {
		return err
	}
	l.Expected = then.owed
	if err := l.coins(ctx, node); err != nil {
		return err
	}
	if ln != nil {
		if err := l.receipts(ctx, ln); err != nil {
			return err
		}
	}
	if err := l.holdings(ctx, node, ln); err != nil {
		return err
	}
	// What the nodes hold lacks what left by then. All of it is booked by now, or
	// belongs to an order that is under way, of which the nodes say so.
	if err := l.payments(ctx, node); err != nil {
		return err
	}
	if ln != nil {
		if err := l.lightning(ctx, ln); err != nil {
			return err
		}
		if err := l.doubts(ctx, ln); err != nil {
			return err
		}
		if err := l.explain(ctx, ln); err != nil {
			return err
		}
	}
	booked, err := l.now(ctx, ln != nil)
	if err != nil {
		return err
	}
	l.Expected -= booked.since(then, l.left)
	l.Surplus = l.Wallet + l.Channels - l.Expected
	if l.Surplus < 0 {
		l.find(ruleOwed, fmt.Sprintf("%s sat are missing", amount.Format(-l.Surplus, amount.InSat, " ", ".")))
	}
	both, err := l.now(ctx, true)
	if err != nil {
		return err
	}
	if l.owedIsThere = ln != nil || l.Surplus >= both.owed-booked.owed; !l.owedIsThere && l.Surplus >= 0 {
		l.note(fmt.Sprintf("%s came over Lightning and are owed to users: no Lightning node is configured that could be asked for them", sats(both.owed-booked.owed)))
	}
	return l.strangers(ctx)
}

// holdings is what wallet and channels have. The wallet is asked before and after
// the channels: what moves from one to the other meanwhile is in one of the two
// answers, and lacks in neither sum.
func (l *look) holdings(ctx context.Context, node chain.Node, ln lightning.Node) error {
	b, err := node.Balance(ctx)
	if err != nil {
		return err
	}
	l.Wallet = b.Confirmed + b.Unconfirmed
	if ln == nil {
		return nil
	}
	c, err := ln.Balance(ctx)
	if err != nil {
		return err
	}
	l.Channels = c.Local + c.Pending
	if b, err = node.Balance(ctx); err != nil {
		return err
	}
	l.Wallet = max(l.Wallet, b.Confirmed+b.Unconfirmed)
	return nil
}

// coins compares what was deposited with what the wallet lists.
func (l *look) coins(ctx context.Context, node chain.Node) error {
	cursor, depth := l.was[markChain], int64(chain.Overlap)
	read := func() ([]deposit.Coin, error) { return deposit.Loose(ctx, l.q, depth) }
	if l.whole {
		cursor, read = "", func() ([]deposit.Coin, error) { return deposit.All(ctx, l.q) }
	}
	coins, err := read() // before the list: what comes meanwhile is with the node and not yet with us
	if err != nil {
		return err
	}
	list, err := node.Since(ctx, cursor)
	if err != nil {
		return err
	}
	l.marks[markChain] = list.Cursor
	listed := map[chain.Outpoint]chain.Coin{}
	for _, c := range list.Coins {
		listed[c.Outpoint] = c
	}
	for _, c := range coins {
		if l.keys.Another(c.Wallet) {
			continue // what another wallet had, this one has never heard of
		}
		there, deep, err := l.place(ctx, node, c, listed)
		if err != nil {
			return err
		}
		if c.State == deposit.Credited && !deep {
			if _, err := l.found(ctx, freeze.Cause{Ref: c.Key(), Reason: freeze.Unburied, Node: c.Wallet, What: "it is credited, and in no block"}); err != nil {
				return err
			}
		}
		if c.State != deposit.Credited && there {
			l.Expected += c.Amount // in the wallet, not yet on the books
		}
		l.Coins++
	}
	return nil
}

// place says whether a coin came, and whether it is in a block.
func (l *look) place(ctx context.Context, node chain.Node, c deposit.Coin, listed map[chain.Outpoint]chain.Coin) (there, deep bool, err error) {
	if at, ok := listed[chain.Outpoint{TxID: c.TxID, Vout: c.Vout}]; ok {
		return true, at.Confirmations > 0, nil
	}
	switch {
	case !l.whole && c.Confirmations >= chain.Overlap: // below what was listed
		return true, true, nil
	case !l.whole && c.State == deposit.Gone:
		return false, false, nil
	}
	s, err := node.Tx(ctx, c.TxID)
	return s.State == chain.Confirmed || s.State == chain.Mempool, s.State == chain.Confirmed, err
}

// aDayAndABit is for how many seconds after its end a payment is still compared.
const aDayAndABit = 30 * 60 * 60

func (l *look) payments(ctx context.Context, node chain.Node) error {
	read := func() ([]paymentorder.Order, error) { return paymentorder.Unburied(ctx, l.q, l.at-aDayAndABit) }
	if l.whole {
		read = func() ([]paymentorder.Order, error) { return paymentorder.Outside(ctx, l.q) }
	}
	orders, err := read()
	if err != nil {
		return err
	}
	for _, o := range orders {
		if l.keys.Another(o.Node) {
			continue // what another wallet sent, this one has never heard of
		}
		mined := o.State == paymentorder.Confirming || o.State == paymentorder.Done
		s, listed := l.sent[o.TxID]
		if !listed || mined && s.State != chain.Confirmed { // which it may be since it was listed
			if s, err = node.Tx(ctx, o.TxID); err != nil {
				return err
			}
		}
		switch {
		case mined && s.State != chain.Confirmed:
			if _, err := l.found(ctx, freeze.Cause{Ref: o.TxID, Reason: freeze.Unmined, Node: o.Node, What: o.Ref() + " is on the books as in a block"}); err != nil {
				return err
			}
		case !mined && (s.State == chain.Mempool || s.State == chain.Confirmed):
			l.left[o.ID] = o.Amount + amount.Msat(o.Fee.Int64) // the wallet, not yet the books
		}
		l.Payments++
	}
	return nil
}

func (r *Report) find(rule, what string) {
	r.stop(freeze.Cause{Ref: rule, Reason: freeze.Balance, What: what})
}

func (r *Report) note(what string) { r.Notes = append(r.Notes, what) }

// stop is a finding that stops payments when the report is kept.
func (r *Report) stop(c freeze.Cause) {
	if !slices.ContainsFunc(r.goesOn, c.Is) {
		r.Findings = append(r.Findings, finding(c))
	}
	r.causes = append(r.causes, c)
}

// finding is how a cause is told: by its rule, and by its name if it can be declared.
func finding(c freeze.Cause) ledger.Finding {
	if !c.Declarable() {
		return ledger.Finding{Rule: c.Ref, What: c.What}
	}
	return ledger.Finding{Rule: broken[c.Reason], What: c.What, Ref: c.Ref, Reason: string(c.Reason)}
}
