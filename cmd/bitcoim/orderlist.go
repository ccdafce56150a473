package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// longAgo is after how many seconds a payment that is not in a block, and not
// at its payee, is one that the operator should hear of.
const longAgo = 6 * 3600

// ordersUnderWay are the payments under way, and the time that it is for them: by the
// clock of the database, in seconds.
func ordersUnderWay(ctx context.Context, d *db.DB) (all []paymentorder.Order, now int64, err error) {
	if all, err = paymentorder.AllUnderWay(ctx, d.Read()); err != nil {
		return nil, 0, err
	}
	now, err = d.Now(ctx)
	return all, now, err
}

// listOrders shows payments under way: all of them, or those that are stuck. Before
// them it says why none begins, if payments are stopped, and behind them which node is
// away: a node that is silent keeps nobody from reading the rest.
func listOrders(ctx context.Context, p *program, c config.Config, d *db.DB, stuck bool) error {
	all, now, err := ordersUnderWay(ctx, d)
	if err != nil {
		return err
	}
	if err := sayStopped(ctx, p.out, d); err != nil {
		return err
	}
	n := 0
	for _, o := range all {
		if stuck && o.State != paymentorder.Stuck {
			continue
		}
		n++
		if err := showOrder(ctx, p.out, d, &o, now); err != nil {
			return err
		}
	}
	switch {
	case n == 0 && stuck:
		fmt.Fprintln(p.out, "no payment is stuck")
	case n == 0:
		fmt.Fprintln(p.out, "no payment is under way")
	}
	for _, said := range notReady(ctx, all, waitsFor(c)) {
		fmt.Fprintln(p.out, said)
	}
	return nil
}

func showOrder(ctx context.Context, out io.Writer, d *db.DB, o *paymentorder.Order, now int64) error {
	u, err := useraccount.ByID(ctx, d.Read(), o.User)
	if err != nil {
		return err
	}
	to, what := o.ToAddress.String, "transaction "+o.TxID
	switch {
	case o.Lightning():
		to, what = o.SaidTo, "payment hash "+o.Hash.String
	case o.TxID == "":
		what = "nothing is signed yet"
	}
	old := ""
	if waits(o, now) {
		old = " for " + (time.Duration(now-o.Confirmed.Int64) * time.Second).Truncate(time.Hour).String() + "!"
	}
	fmt.Fprintf(out, "%-8d %s  %-30s %15s sat to %s\n         %s%s, %s, ordered %s\n", o.ID,
		at(o.Confirmed.Int64), u.JID, amount.Format(o.Amount, amount.InSat, " ", "."), to,
		strings.ReplaceAll(string(o.State), "_", " "), old, what, at(o.Created))
	return nil
}

// at is how a time in seconds is shown.
func at(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.DateTime) }

// waits reports whether a payment has been under way for so long that somebody
// should look.
func waits(o *paymentorder.Order, now int64) bool {
	return o.State != paymentorder.Confirming && now-o.Confirmed.Int64 > longAgo
}

// tellWaiting says in one line that somebody should look at payments that take
// very long. It is no fault of the books.
func tellWaiting(ctx context.Context, out io.Writer, d *db.DB) error {
	all, now, err := ordersUnderWay(ctx, d)
	if err != nil {
		return err
	}
	n := 0
	for _, o := range all {
		if waits(&o, now) {
			n++
		}
	}
	if n > 0 {
		fmt.Fprintf(out, "payments under way for more than %d hours: %d (bitcoim order list)\n", longAgo/3600, n)
	}
	return nil
}

// tellStuck says that orders are stuck, which nothing ends by itself, also when nothing
// stops payments any more.
func tellStuck(ctx context.Context, out io.Writer, d *db.DB) error {
	all, err := paymentorder.AllUnderWay(ctx, d.Read())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o paymentorder.Order) bool { return o.State != paymentorder.Stuck })
	switch {
	case len(all) == 1:
		fmt.Fprintf(out, "order %d is still stuck: bitcoim order stuck\n", all[0].ID)
	case len(all) > 1:
		fmt.Fprintf(out, "%d orders are still stuck: bitcoim order stuck\n", len(all))
	}
	return nil
}
