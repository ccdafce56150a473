package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// orderVerb is `bitcoim order`: payments that the chain contradicts.
func orderVerb(ctx context.Context, p *program, args []string) error {
	f := flag.NewFlagSet("order", flag.ContinueOnError)
	f.SetOutput(p.err)
	checked := f.Bool("i-have-checked", false, "the operator has proved that the transaction can never be mined")
	if len(args) == 0 || f.Parse(args[1:]) != nil {
		return p.wrong("order")
	}
	c, d, err := p.books(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	switch {
	case args[0] == "stuck" && f.NArg() == 0:
		return listStuck(ctx, p, d)
	case args[0] == "release" && f.NArg() > 1:
		id, err := strconv.ParseInt(f.Arg(0), 10, 64)
		if err != nil {
			return fmt.Errorf("%q is no number of an order", f.Arg(0))
		}
		return release(ctx, p, c, d, id, strings.Join(f.Args()[1:], " "), *checked)
	}
	return p.wrong("order")
}

func listStuck(ctx context.Context, p *program, d *db.DB) error {
	all, err := paymentorder.Contradictions(ctx, d.Read())
	if err != nil {
		return err
	}
	for _, o := range all {
		u, err := useraccount.ByID(ctx, d.Read(), o.User)
		if err != nil {
			return err
		}
		to, what := o.ToAddress.String, "transaction "+o.TxID
		if o.Lightning() {
			to, what = o.SaidTo, "payment hash "+o.Hash.String
		}
		fmt.Fprintf(p.out, "%-8d %s  %-30s %15s sat to %s\n         %s\n", o.ID,
			time.Unix(o.Confirmed.Int64, 0).UTC().Format(time.DateTime), u.JID, amount.Format(o.Amount, amount.InSat, " ", "."), to, what)
	}
	if len(all) == 0 {
		fmt.Fprintln(p.out, "no payment is stuck")
	}
	return nil
}

// release gives the money of a stuck order back to its payer.
func release(ctx context.Context, p *program, c config.Config, d *db.DB, id int64, reason string, checked bool) error {
	o, err := paymentorder.ByID(ctx, d.Read(), id)
	if err != nil {
		return fmt.Errorf("no order %d", id)
	}
	if o.State != paymentorder.Stuck {
		return fmt.Errorf("order %d is %s: only one that is stuck can be released", id, o.State)
	}
	if o.Lightning() {
		return releaseInvoice(ctx, p, c, d, o, reason, checked)
	}
	signed, err := o.Effect(ctx, d.Read())
	if err != nil {
		return err
	}
	node, err := openChain(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = node.Close() }()
	proved, err := dead(ctx, node, signed, int64(c.Chain.FinalDepth))
	if err != nil {
		return err
	}
	if !proved && !checked {
		return fmt.Errorf("the node cannot tell whether a coin of %s was spent by another transaction: find that one, see that it is "+
			"%d blocks deep, and say -i-have-checked", o.TxID, c.Chain.FinalDepth)
	}
	if err := giveBack(ctx, d, id, reason); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "order %d is over, and its money is back with the payer\n", id)
	if err := node.Release(ctx, signed); err != nil { // they end by themselves, too
		fmt.Fprintf(p.err, "the coins that it had set aside stay locked for a while: %v\n", err)
	}
	return nil
}

// giveBack ends a stuck order, records who did it, and tells the payer.
func giveBack(ctx context.Context, d *db.DB, id int64, reason string) error {
	now := time.Now().Unix()
	return d.Tx(ctx, func(tx *db.Tx) error {
		fresh, err := paymentorder.ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		u, err := useraccount.ByID(ctx, tx, fresh.User)
		if err != nil {
			return err
		}
		back := fresh.Back()
		if err := fresh.Resolve(ctx, tx, u, "order.released", now); err != nil {
			return err
		}
		if err := useraccount.Record(ctx, tx, operator(), "release", fresh.Ref(), reason, now); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: "order.released", Lang: u.Lang, Unit: u.Unit, Balance: true,
			Args: map[string]any{"amount": int64(fresh.Amount), "who": fresh.SaidTo, "back": int64(back), "reason": reason}}, now)
	})
}

// dead proves that a transaction can never be mined: the best chain holds
// another one that spends its coins, so many blocks deep. False means that
// the node cannot tell; an error, that it may well be mined.
func dead(ctx context.Context, node chain.Node, signed chain.Prepared, depth int64) (bool, error) {
	info, err := node.Info(ctx)
	if err != nil {
		return false, err
	}
	if !info.Synced {
		return false, fmt.Errorf("the node is still catching up (block %d)", info.Height)
	}
	s, err := node.Tx(ctx, signed.TxID)
	if err != nil {
		return false, err
	}
	switch s.State {
	case chain.Confirmed:
		return false, fmt.Errorf("transaction %s is in block %d: the payment goes on by itself", signed.TxID, s.Height)
	case chain.Mempool:
		return false, fmt.Errorf("transaction %s waits for a block: the payment goes on by itself", signed.TxID)
	case chain.Conflicted:
		if deep := -s.Confirmations; deep < depth {
			return false, fmt.Errorf("the transaction in its place is %d blocks deep: wait until it is %d", deep, depth)
		}
		return true, nil
	}
	// The wallet forgot it. If the node takes it again, it is as alive as ever.
	err = node.Broadcast(ctx, signed)
	switch {
	case err == nil:
		return false, fmt.Errorf("the node took transaction %s again: the payment goes on by itself", signed.TxID)
	case !errors.Is(err, chain.ErrRefused):
		return false, err
	}
	return false, nil
}
