package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// made is an operator's word that a Lightning payment was made.
type made struct {
	proof   string      // the preimage, hexadecimal
	fee     amount.Msat // if the node does not say
	reason  string
	checked bool // that it was we who paid
}

// book ends a Lightning order as paid, by its preimage. That proves that its payee was
// paid; that we did it says the node, or the operator. What the fee cost above the
// agreed limit is the operator's.
func book(ctx context.Context, p *program, d *db.DB, node lightning.Node, id paymentorder.ID, m made) error {
	var preimage lightning.Preimage
	b, err := hex.DecodeString(m.proof)
	if err != nil || len(b) != len(preimage) {
		return errors.New("a preimage is 64 hexadecimal digits")
	}
	if m.fee < 0 {
		return errors.New("a fee is not less than nothing")
	}
	preimage = lightning.Preimage(b)
	var done string
	err = taken(ctx, d, id, func(ctx context.Context, o *paymentorder.Order) error {
		switch {
		case !o.Lightning() || o.Internal():
			return fmt.Errorf("order %d pays no invoice of the outside", id)
		case o.State != paymentorder.Held && o.State != paymentorder.Sending && o.State != paymentorder.InFlight && o.State != paymentorder.Stuck:
			return fmt.Errorf("order %d is %s: only one that is confirmed and has not ended can be booked", id, o.State)
		case preimage.Hash().String() != o.Hash.String:
			return fmt.Errorf("the preimage is of another payment than order %d", id)
		}
		out := lightning.Outcome{Hash: preimage.Hash(), State: lightning.Succeeded, Preimage: preimage, Amount: o.Amount, Fee: m.fee}
		key, err := weigh(ctx, node, o, &out, m.checked)
		if err != nil {
			return err
		}
		done = booked(o, out.Fee, m.fee)
		out.Fee = min(out.Fee, o.FeeLimit)
		return worker.Operator{DB: d, Name: operator(), Reason: m.reason, Node: key}.Book(ctx, o, out)
	})
	if err == nil {
		fmt.Fprintln(p.out, done)
	}
	return err
}

// booked says whom an order that is booked paid, and what it cost: by the node's word, if
// it has one, and not by the operator's.
func booked(o *paymentorder.Order, fee, said amount.Msat) string {
	text := fmt.Sprintf("order %d is done: it paid %s to %s, with a fee of %s", o.ID, inSat(o.Amount), harmless(o.SaidTo), inSat(min(fee, o.FeeLimit)))
	if fee > o.FeeLimit {
		text += fmt.Sprintf(" (it cost %s: what is above the agreed limit is yours)", inSat(fee))
	}
	if said != 0 && said != fee {
		text += fmt.Sprintf("; the node says what it cost, and -fee-msat %d is dropped", said)
	}
	return text
}

// weigh compares the operator's word with that of the node at which the order began,
// which goes before it, and returns that node's public key. A payment that the node made
// before the order began is its own if the operator says so: the books may be an older
// copy. By them the order may not have begun at all; then the node has to say it.
func weigh(ctx context.Context, node lightning.Node, o *paymentorder.Order, out *lightning.Outcome, checked bool) (string, error) {
	held := o.State == paymentorder.Held
	unchecked := fmt.Errorf("the node does not say that it made payment %s: find out that it was made from here, and not by somebody else, "+
		"and say -i-have-checked and what it cost (-fee-msat)", out.Hash)
	if held {
		unchecked = fmt.Errorf("order %d is held, and the node does not say that it made payment %s of %s", o.ID, out.Hash, inSat(o.Amount))
	}
	if node == nil {
		if checked && !held {
			return "", nil
		}
		return "", unchecked
	}
	says, err := node.Find(ctx, out.Hash)
	key, unsaid := keyOf(ctx, node)                               // after the answer that it is about
	its := err == nil && unsaid == nil && (key == o.Node || held) // another one says nothing about the order
	switch {
	case err == nil && says.State == lightning.InFlight:
		return "", onItsWay(o)
	case its && says.State == lightning.Succeeded && says.Amount == o.Amount:
		out.Fee, out.Attempt = says.Fee, says.Attempt
		return key, nil
	case held:
	case its && says.State == lightning.Failed && o.Counts(says, false):
		return "", fmt.Errorf("the node says that payment %s failed: nothing was paid from here, and its money comes back; "+
			"bitcoim order release %d says when", out.Hash, o.ID)
	case checked:
		return key, nil
	case its && says.State == lightning.Succeeded:
		unchecked = fmt.Errorf("the node made payment %s of %s, and order %d is of %s: if it is what the order paid all the same, "+
			"and the difference is settled with its payer, say -i-have-checked and what it cost (-fee-msat)", out.Hash, inSat(says.Amount), o.ID, inSat(o.Amount))
	}
	return "", errors.Join(unchecked, err, unsaid)
}

// readable is a node whose journal another process may have (keyOf).
type readable struct{ lightning.Node }

func (r readable) Info(ctx context.Context) (lightning.Info, error) {
	key, err := keyOf(ctx, r.Node)
	return lightning.Info{PubKey: key}, err
}

// keyOf is the public key of a node. A journal that another process has, the gateway that
// runs, is of the wallet that is configured.
func keyOf(ctx context.Context, node lightning.Node) (string, error) {
	info, err := node.Info(ctx)
	if errors.Is(err, lightning.ErrElsewhere) {
		err = nil
	}
	return info.PubKey, err
}

// onItsWay is the refusal of an order whose payment has not ended. Whether what began
// before the order ends it, an operator says.
func onItsWay(o *paymentorder.Order) error {
	return fmt.Errorf("payment %s is on its way: wait until it has ended; if it is the one that order %d began, that ends by itself, too", o.Hash.String, o.ID)
}
