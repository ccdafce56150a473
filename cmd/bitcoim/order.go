package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

var orderParts = []part{
	{"list", "", "all payments under way, and what they wait for"},
	{"stuck", "", "those that do not end by themselves"},
	{"release", "[-i-have-checked] ID REASON", "give the money of a payment back that was not made and will not be; the payer reads the reason"},
	{"book", "[-i-have-checked] [-fee-msat N] ID PREIMAGE|TXID REASON", "book a payment that was made: over Lightning by its proof, on the chain by its transaction"},
}

// orderVerb is `bitcoim order`: payments that do not end by themselves.
func orderVerb(ctx context.Context, p *program, args []string) error {
	part, args, err := p.part("order", args)
	if err != nil {
		return err
	}
	f := p.flags("order", part.name)
	checked, fee := false, int64(0)
	switch part.name {
	case "release":
		f.BoolVar(&checked, "i-have-checked", false, "you have proved that it was not made and can not be any more")
	case "book":
		f.BoolVar(&checked, "i-have-checked", false, "you have proved that it was made here")
		f.Int64Var(&fee, "fee-msat", 0, "what it cost over Lightning, in millisatoshi")
	}
	if err := p.words("order", part, f, args, part.name == "release" || part.name == "book"); err != nil {
		return err
	}
	before := map[string]int{"release": 1, "book": 2}[part.name] // words before the reason
	reason := strings.TrimSpace(strings.Join(f.Args()[min(before, f.NArg()):], " "))
	if before > 0 && f.NArg() > before && reason == "" {
		return errNoReason
	}
	c, d, err := p.books(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if part.name == "list" || part.name == "stuck" {
		return listOrders(ctx, p, c, d, part.name == "stuck")
	}
	number, err := strconv.ParseInt(f.Arg(0), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no number of an order", f.Arg(0))
	}
	id := paymentorder.ID(number)
	if part.name == "release" {
		return release(ctx, p, c, id, worker.Operator{DB: d, Name: operator(), Reason: reason, Checked: checked})
	}
	return bookMade(ctx, p, c, d, id, made{proof: f.Arg(1), fee: amount.Msat(fee), reason: reason, checked: checked})
}

// bookMade asks the node of what an order pays.
func bookMade(ctx context.Context, p *program, c config.Config, d *db.DB, id paymentorder.ID, w made) error {
	o, err := paymentorder.ByID(ctx, d.Read(), id)
	if err != nil {
		return fmt.Errorf("no order %d", id)
	}
	if o.Kind() == paymentorder.OnChain {
		node, err := openChain(ctx, c)
		if err != nil {
			return err
		}
		defer func() { _ = node.Close() }()
		return bookSent(ctx, p, d, node, id, w)
	}
	node, err := openLightning(ctx, c, nil)
	if err != nil {
		return err
	}
	defer closeLightning(node)
	return book(ctx, p, d, node, id, w)
}

// errNoReason is the answer to an operator who says nothing but blanks.
var errNoReason = errors.New("say why, behind the rest: the reason is recorded, and a payer whose money comes back reads it")

// releaseTime is for how many seconds an operator keeps the gateways off an order:
// longer than the node is asked.
const releaseTime = 180

// release gives the money of an order back to its payer, under the same locks as the
// gateways do. It looks at the nodes before it takes the order in hand: a first look takes
// longer than the gateways should be kept off.
func release(ctx context.Context, p *program, c config.Config, id paymentorder.ID, by worker.Operator) error {
	o, err := paymentorder.ByID(ctx, by.DB.Read(), id)
	if err != nil {
		return fmt.Errorf("no order %d", id)
	}
	if wantsLook(o, by) {
		err := atNodes(ctx, c, func(node chain.Node, ln lightning.Node) error { return lookFirst(ctx, by.DB, o, node, ln) })
		if err != nil {
			return err
		}
		by.Looked = true
	}
	err = taken(ctx, by.DB, id, func(ctx context.Context, o *paymentorder.Order) error {
		return releaseTaken(ctx, p, c, o, by)
	})
	if err == nil {
		fmt.Fprintf(p.out, "order %d is over, and its money is back with the payer\n", id)
	}
	return err
}

// taken takes an order in hand, so that no gateway pays it meanwhile, and lets it go
// if nothing came of it.
func taken(ctx context.Context, d *db.DB, id paymentorder.ID, act func(context.Context, *paymentorder.Order) error) error {
	if _, err := paymentorder.ByID(ctx, d.Read(), id); err != nil {
		return fmt.Errorf("no order %d", id)
	}
	ctx, cancel := context.WithTimeout(ctx, releaseTime/2*time.Second)
	defer cancel()
	var o *paymentorder.Order
	err := d.Tx(ctx, func(tx *db.Tx) (err error) {
		o, err = paymentorder.Take(ctx, tx, id, releaseTime)
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return inHand(ctx, d, id)
	}
	if err != nil {
		return err
	}
	err = act(ctx, o)
	if err != nil { // the gateways may have it again
		ctx := context.WithoutCancel(ctx)
		return errors.Join(err, d.Tx(ctx, func(tx *db.Tx) error { return o.Later(ctx, tx, o.Due-releaseTime) }))
	}
	return nil
}

// inHand is the refusal of an order that somebody has in hand by the books. In a copy of
// them that may be a gateway of when the copy was made, which is heard of no more.
func inHand(ctx context.Context, d *db.DB, id paymentorder.ID) error {
	o, err := paymentorder.ByID(ctx, d.Read(), id)
	if err != nil {
		return err
	}
	return fmt.Errorf("a gateway has order %d in hand and may be paying it, or had it when these books were copied: try again after %s", id, at(o.Due+releaseTime))
}

func releaseTaken(ctx context.Context, p *program, c config.Config, o *paymentorder.Order, by worker.Operator) error {
	now, err := by.DB.Now(ctx)
	if err != nil {
		return err
	}
	switch {
	case o.State == paymentorder.Held && (o.Internal() || !o.Lightning()): // nobody has begun
		return giveHeld(ctx, o, by)
	case o.State != paymentorder.Held && o.State != paymentorder.Stuck && (!slices.Contains(paymentorder.Live, o.State) || !waits(o, now)):
		return fmt.Errorf("order %d is %s: only one that is held or stuck, or under way for more than %d hours and in no block, can be released",
			o.ID, o.State, longAgo/3600)
	case o.Internal():
		return by.GiveBack(ctx, o) // it is paid in the ledger, which has not happened
	case o.Lightning():
		return releaseInvoice(ctx, c, o, by)
	}
	node, err := openChain(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = node.Close() }()
	return releaseCoins(ctx, p, node, o, by, int64(c.Chain.FinalDepth))
}
