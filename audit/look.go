package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// look asks what the nodes did since the marks, and whether the books know it.
// The node is asked before the books: a gateway writes down what it does before
// the node hears of it, so what the node shows is in the books by then.
type look struct {
	*Report
	q   sqlx.QueryerContext
	was map[string]string
	at  int64 // when the marks were set; 0 never
	// first is when the first payment to the outside was ordered, less what
	// clocks may differ. Before the first look a node may have done anything
	// that is older.
	first    int64
	life     string                          // of that node, see invoice.Life
	forgotAt int64                           // when an operator said that it has forgotten what it showed, in seconds
	sent     map[string]chain.TxStatus       // what left, by its id
	left     map[paymentorder.ID]amount.Msat // that left with orders which were not booked when they were asked about, in msat
}

// clocks is how far the time of a block may be off, in seconds.
const clocks = 2 * 60 * 60

// never is the time of what did not happen.
const never = int64(1<<63 - 1)

// errOther ends a look: the node is not the one that the books speak of, so
// that nothing of it can be compared.
var errOther = errors.New("audit: another node")

func newLook(ctx context.Context, q sqlx.QueryerContext, r *Report) (*look, error) {
	was, at, err := marksOf(ctx, q)
	if err != nil {
		return nil, err
	}
	first, ordered, err := paymentorder.FirstOutside(ctx, q)
	if err != nil {
		return nil, err
	}
	l := &look{Report: r, q: q, was: was, at: at, first: never, sent: map[string]chain.TxStatus{}, left: map[paymentorder.ID]amount.Msat{}}
	if ordered {
		l.first = first - clocks
	}
	return l, nil
}

// old reports whether something that happened at a time, 0 if nobody knows
// when, was before there was anything to pay.
func (l *look) old(at int64) bool { return l.first == never || at > 0 && at < l.first }

// found stops payments, unless an operator said what it was; true if it does.
func (l *look) found(ctx context.Context, c freeze.Cause) (stops bool, err error) {
	if ok, err := freeze.Acknowledged(ctx, l.q, c); err != nil || ok {
		return false, err
	}
	if !l.known(c) {
		l.stop(c)
	}
	return true, nil
}

// other is found for what ends a look, by errOther, if it stops payments.
func (l *look) other(ctx context.Context, c freeze.Cause) error {
	stops, err := l.found(ctx, c)
	if err == nil && stops {
		err = errOther
	}
	return err
}

// wallet sees to it that the wallet is the one of the last look.
func (l *look) wallet(ctx context.Context, node chain.Node) error {
	keys, err := node.Keys(ctx)
	if err != nil {
		return err
	}
	l.keys = keys
	was, met := l.was[markKeys]
	key := l.keys.Which(strings.Fields(was))
	if met && key == "" {
		c := freeze.Cause{Ref: freeze.RefWallet + keys[0], Reason: freeze.OtherNode,
			What: "the wallet has none of the keys that it had: correct the configuration; if users' coins were brought there, declare it"}
		if err := l.other(ctx, c); err != nil {
			return err
		}
		l.changeovers = append(l.changeovers, c)
		delete(l.was, markChain)
	}
	l.knownPrefixes = append(l.knownPrefixes, freeze.RefWallet)
	l.marks[markKeys] = strings.Join(l.keys.From(cmp.Or(key, keys[0])), " ")
	return nil
}

// spent finds the transactions of the wallet that no order made.
func (l *look) spent(ctx context.Context, node chain.Node) error {
	cursor, met := l.was[markChain]
	all, err := node.Sent(ctx, cursor)
	if errors.Is(err, chain.ErrOtherPast) {
		err := l.other(ctx, freeze.Cause{Ref: freeze.RefChain + cursor, Reason: freeze.Restored,
			What: "the node does not know the block that it had; it follows another chain or was set back"})
		if err != nil {
			return err
		}
		delete(l.was, markChain)
		met = false
		all, err = node.Sent(ctx, "")
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	for _, s := range all {
		l.sent[s.TxID] = chain.TxStatus{State: chain.Mempool}
		if s.Confirmations > 0 {
			l.sent[s.TxID] = chain.TxStatus{State: chain.Confirmed, Confirmations: s.Confirmations}
		}
		if !met && s.Confirmations > 2*chain.Overlap && l.old(s.At) {
			continue // so deep that no later look meets it
		}
		if err := l.oneSpent(ctx, s, met); err != nil {
			return err
		}
	}
	return nil
}

func (l *look) oneSpent(ctx context.Context, s chain.Sent, met bool) error {
	o, err := paymentorder.ByTx(ctx, l.q, s.TxID)
	switch {
	case err != nil:
		return err
	case o != nil && o.State == paymentorder.Failed && s.Confirmations > 0:
		_, err := l.found(ctx, freeze.Cause{Ref: s.TxID, Reason: freeze.Proof,
			What: fmt.Sprintf("it is in a block, and the payer of %s has the money back", o.Ref())})
		return err
	case o != nil:
		return nil
	case s.Inside:
		l.note(fmt.Sprintf("the wallet moved its own coins: %s %s, %s", s.TxID, s.Label, sats(s.Amount)))
		return nil
	case !met && l.old(s.At):
		l.beforeFirstLook = append(l.beforeFirstLook, s.TxID)
		return nil
	}
	return l.unknown(ctx, s)
}

func blocks(n int64) string {
	if n == 1 {
		return "1 block"
	}
	return fmt.Sprintf("%d blocks", n)
}

func sats(m amount.Msat) string { return amount.Format(m, amount.InSat, " ", ".") + " sat" }
