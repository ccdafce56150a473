package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// wantsLook reports whether the nodes are looked at before an order is released: it has
// not begun by these books, which may be an older copy, and nobody says that he has checked.
// No clock says that somebody looked: the copy is as young as it likes, and what was looked
// at before it was made is in it.
func wantsLook(o *paymentorder.Order, by worker.Operator) bool {
	return o.State == paymentorder.Held && !o.Internal() && !by.Checked
}

// errNotCompared is of a look that ended at another node, or at one that was set back.
var errNotCompared = errors.New("a node is another one, or was set back (bitcoim order list)")

// lookFirst compares the books with the nodes, as a gateway that begins does, and keeps
// what it finds: that stops payments, and what was ordered before is not given back.
func lookFirst(ctx context.Context, d *db.DB, o *paymentorder.Order, node chain.Node, ln lightning.Node) error {
	ctx, cancel := context.WithTimeout(ctx, wholeTime)
	defer cancel()
	r, err := settled(ctx, d, node, ln, audit.AllBooks)
	if err == nil {
		_, err = keep(ctx, d, r)
	}
	if err == nil && !r.Ended() {
		err = errNotCompared
	}
	if err != nil {
		return fmt.Errorf("order %d may have been paid: the books may be an older copy, and they could not be compared with the nodes: "+
			"find out that nobody was paid, and say -i-have-checked (%w)", o.ID, err)
	}
	return nil
}
