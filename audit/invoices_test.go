package audit_test

import (
	"cmp"
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// overLightning adds invoices and payments of invoices in every state.
func (w *town) overLightning() {
	w.invoice("open", w.bob)
	w.receive(w.invoice("came", w.bob), 4_000_000, 1)
	w.receive(w.invoice("came for a msat", w.ann), 1, 2)
	aside := w.invoice("aside", w.bob)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := invoice.SetAside(ctx, tx, aside.String())
		return err
	})

	w.pays("ln new", nil)
	w.pays("ln cancelled", nil, func(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error { return o.Cancel(ctx, tx, now) })
	w.pays("ln held", nil, w.confirm)
	w.pays("ln refused", nil, w.confirm, w.fail)
	w.pays("ln sending", nil, w.confirm, w.begin)
	w.pays("ln in_flight", nil, w.confirm, w.begin, w.send)
	w.pays("ln stuck", nil, w.confirm, w.begin, w.contradict)
	w.pays("ln failed", nil, w.confirm, w.begin, w.send, w.bounce)
	w.pays("ln done", nil, w.confirm, w.begin, w.prove(5*amount.Sat))
	w.pays("ln done late", nil, w.confirm, w.begin, w.contradict, w.send, w.prove(5*amount.Sat))
	w.pays("ln inside held", w.bob, w.confirm)
	w.pays("ln inside", w.bob, w.confirm, w.begin, w.within)
}

// secret is the preimage of what has that name.
func secret(name string) (p lightning.Preimage) {
	copy(p[:], name)
	return p
}

func (w *town) invoice(name string, u *useraccount.User) lightning.Hash {
	w.t.Helper()
	p := secret(name)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		return invoice.Add(ctx, tx, invoice.Invoice{Hash: p.Hash().String(), User: u.ID, Preimage: p.Hex(), Text: "lnbcrt-" + name, Created: now, Expires: now + 60})
	})
	return p.Hash()
}

// receive books what the node says that it received.
func (w *town) receive(h lightning.Hash, m amount.Msat, index uint64) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		what, err := invoice.Settle(ctx, tx, lightning.Receipt{Hash: h, Amount: m, SettleIndex: index}, w.life(), now)
		if err == nil && what != invoice.Booked {
			err = fmt.Errorf("got %d", what)
		}
		if err != nil {
			return err
		}
		return invoice.MoveCursor(ctx, tx, w.life(), index, now)
	})
}

// pays drafts a payment of ann's over Lightning, of bob's invoice if he is
// given, and takes it further.
func (w *town) pays(name string, to *useraccount.User, deeds ...deed) {
	w.t.Helper()
	p := secret(name)
	d := paymentorder.Draft{Invoice: "lnbcrt-" + name, Hash: p.Hash().String(), SaidTo: "02ab…cdef", Amount: 2000 * amount.Sat, FeeLimit: 20 * amount.Sat}
	if to != nil {
		w.invoice(name, to)
		d.ToUser, d.FeeLimit = to, 0
	}
	w.drafted(name, d, deeds...)
}

func (w *town) key() string { return cmp.Or(w.peer, first) }

func (w *town) life() string { return invoice.Life(w.key(), w.forgot) }

func (w *town) begin(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	o.Node = w.key()
	return o.Begin(ctx, tx, now, now+w.later)
}

func (w *town) bounce(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	return o.Bounced(ctx, tx, w.ann, "order.failed-route", now)
}

func (w *town) prove(fee amount.Msat) deed {
	return func(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
		return o.Proved(ctx, tx, w.ann, lightning.Outcome{State: lightning.Succeeded, Amount: o.Amount, Fee: fee}, now)
	}
}

// within pays a neighbour's invoice in the ledger.
func (w *town) within(ctx context.Context, tx *db.Tx, o *paymentorder.Order) error {
	if ok, err := invoice.SetAside(ctx, tx, o.Hash.String); err != nil || !ok {
		return fmt.Errorf("not set aside: %w", err)
	}
	if _, err := o.PaidInside(ctx, tx, w.ann, w.bob, "00", now); err != nil {
		return err
	}
	_, err := invoice.PaidInside(ctx, tx, o.Hash.String, o.Amount, now)
	return err
}

func init() {
	for name, c := range map[string]crime{
		"an invoice paid that was not": {
			deeds: []string{`UPDATE invoice SET state = 'settled', paid = 5, settled = 1 WHERE text = 'lnbcrt-open'`},
			rules: []string{"a settled invoice"}},
		"an invoice paid inside that is only set aside": {
			deeds: []string{`UPDATE invoice SET state = 'settled', paid = 5, settled = 1 WHERE text = 'lnbcrt-aside'`},
			rules: []string{"a settled invoice"}},
		"a paid invoice that is open again": {
			deeds: []string{`UPDATE invoice SET state = 'open', paid = NULL, settled = NULL WHERE text = 'lnbcrt-came'`},
			rules: []string{"a settled invoice"}},
		"an invoice paid inside that is open again": {
			deeds: []string{`UPDATE invoice SET state = 'open', paid = NULL, settled = NULL WHERE text = 'lnbcrt-ln inside'`},
			rules: []string{"a settled invoice"}},
		"a msat more than was credited": {
			deeds: []string{`UPDATE invoice SET paid = paid + 1 WHERE text = 'lnbcrt-came for a msat'`},
			rules: []string{"a settled invoice"}},
		"a msat less than was paid inside": {
			deeds: []string{`UPDATE invoice SET paid = paid - 1 WHERE text = 'lnbcrt-ln inside'`},
			rules: []string{"a settled invoice"}},
		"an invoice credited twice": {
			deeds: again("came", "credit:2"),
			rules: []string{"a settled invoice", "a transfer of an invoice"}},
		"an invoice paid inside and credited from outside": {
			deeds: again("ln inside", "credit:1"),
			rules: []string{"a settled invoice"}},
		"a credit for an invoice that is open": {
			deeds: again("open", "credit:1"),
			rules: []string{"a settled invoice"}},
		"a credited invoice that goes": {
			deeds: []string{`DELETE FROM invoice WHERE text = 'lnbcrt-came'`},
			rules: []string{"every transfer belongs"}},
		"a payment over Lightning that lost its proof": {
			deeds: []string{`UPDATE payment_order SET preimage = NULL WHERE invoice = 'lnbcrt-ln done'`},
			rules: []string{"a payment over Lightning"}},
		"a payment of a neighbour's invoice without proof": {
			deeds: []string{`UPDATE payment_order SET preimage = NULL WHERE invoice = 'lnbcrt-ln inside'`},
			rules: []string{"a payment over Lightning"}},
		"a payment over Lightning that says it is done": {
			deeds: []string{`UPDATE payment_order SET state = 'done' WHERE invoice = 'lnbcrt-ln new'`},
			rules: []string{"an order in a block", "a payment over Lightning"}},
		"a payment over Lightning that left and says it did not": {
			deeds: []string{`UPDATE payment_order SET state = 'failed' WHERE invoice = 'lnbcrt-ln done'`},
			rules: []string{"an order in a block", "the sums of what a user"}},
		"a payment on its way that lost its state": {
			deeds: []string{`UPDATE payment_order SET state = 'failed' WHERE invoice = 'lnbcrt-ln in_flight'`},
			rules: []string{"what is held", "the sums of what a user"}},
		"a stuck payment over Lightning with another amount": {
			deeds: []string{`UPDATE payment_order SET amount = amount + 1 WHERE invoice = 'lnbcrt-ln stuck'`},
			rules: []string{"what is held", "the sums of what a user", "a transfer of an order"}},
		"a neighbour's invoice whose order says it failed": {
			deeds: []string{`UPDATE payment_order SET state = 'failed' WHERE invoice = 'lnbcrt-ln inside'`},
			rules: []string{"an order in a block", "a settled invoice", "the sums of what a user"}},
		"a fee over Lightning that the books do not have": {
			deeds: []string{`UPDATE payment_order SET fee = fee + 1 WHERE invoice = 'lnbcrt-ln done'`},
			rules: []string{"an order in a block", "a transfer of an order", "a transfer of an order"}},
		"a fee over Lightning above what was agreed": {
			deeds: []string{`UPDATE payment_order SET fee_limit = fee - 1 WHERE invoice = 'lnbcrt-ln done'`},
			rules: []string{"nobody paid more", "a transfer of an order", "a transfer of an order"}},
	} {
		crimes[name] = c
	}
}

// again books a sat from outside for an invoice of bob's by hand, on the
// accounts too, so that the ledger by itself has nothing to say.
func again(name, step string) []string {
	return []string{
		`INSERT INTO transfer (ref, step, debit, credit, amt, created) SELECT 'invoice:' || i.hash, '` + step + `', s.id, u.id, 1000, 7
			FROM invoice i, account s, account u WHERE i.text = 'lnbcrt-` + name + `' AND s.name = 'lightning' AND u.name = 'user:bob@example.org'`,
		`UPDATE account SET bal = bal - 1000 WHERE name = 'lightning'`,
		`UPDATE account SET bal = bal + 1000 WHERE name = 'user:bob@example.org'`,
	}
}
