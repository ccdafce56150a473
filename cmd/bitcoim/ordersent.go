package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/worker"
)

// bookSent books an order to an address that has not begun by these books as paid by a
// transaction, if the wallet says that it sent it and the transaction pays that address
// that amount. The payer pays what it cost. The books may be an older copy, which does not
// know that a gateway had sent it.
func bookSent(ctx context.Context, p *program, d *db.DB, node chain.Node, id paymentorder.ID, m made) error {
	txid := strings.ToLower(m.proof)
	if b, err := hex.DecodeString(txid); err != nil || len(b) != 32 {
		return fmt.Errorf("order %d pays an address: say the id of the transaction that paid it, 64 hexadecimal digits", id)
	}
	if m.fee != 0 {
		return errors.New("the node says what a transaction cost: leave -fee-msat out")
	}
	var done string
	err := taken(ctx, d, id, func(ctx context.Context, o *paymentorder.Order) error {
		if err := bookable(ctx, d, o, txid); err != nil {
			return err
		}
		sent, whole, err := node.Spent(ctx, txid)
		if errors.Is(err, chain.ErrNotSent) {
			return fmt.Errorf("the wallet did not send transaction %s, or it was replaced: nothing was booked", txid)
		}
		if err != nil {
			return err
		}
		_, key, err := deposit.Ours(ctx, d.Read(), node) // after the answer that it is about
		if err != nil {
			return err
		}
		if err := paysOrder(o, sent, whole, m.checked); err != nil {
			return err
		}
		if !m.checked {
			if err := orderedBefore(ctx, d.Read(), o, txid); err != nil {
				return err
			}
		}
		done = sentAs(o, whole)
		whole.Fee = min(whole.Fee, o.FeeLimit)
		return worker.Operator{DB: d, Name: operator(), Reason: m.reason, Node: key}.BookSent(ctx, o, whole)
	})
	if err == nil {
		fmt.Fprintln(p.out, done)
	}
	return err
}

// bookable is an error unless an order has not begun, and no other one has the transaction.
func bookable(ctx context.Context, d *db.DB, o *paymentorder.Order, txid string) error {
	other, err := paymentorder.ByTx(ctx, d.Read(), txid)
	switch {
	case err != nil:
		return err
	case other != nil:
		return fmt.Errorf("transaction %s is on the books already: it is that of order %d, which is %s", txid, other.ID, other.State)
	case o.State != paymentorder.Held:
		return fmt.Errorf("order %d is %s: only one that is held can be booked as sent", o.ID, o.State)
	}
	return nil
}

// clocksDiffer is by how many seconds a transaction may seem older than its order: a wallet
// that reads the chain again has the time of the block, which a miner says.
const clocksDiffer = 2 * 3600

// paysOrder is an error unless a transaction is what a gateway would have sent for an order: it
// pays that, and nobody else, after it was ordered, within the fee that was agreed. That another one is the
// order's all the same, an operator says.
func paysOrder(o *paymentorder.Order, sent chain.Sent, whole chain.Prepared, checked bool) error {
	pays, rest := false, amount.Msat(0)
	for _, to := range sent.Paid {
		if !pays && to.Address == o.ToAddress.String && to.Amount == o.Amount {
			pays = true
			continue
		}
		rest += to.Amount
	}
	switch {
	case !pays || sent.Inside:
		return fmt.Errorf("transaction %s does not pay %s to %s, as order %d does", whole.TxID, inSat(o.Amount), o.ToAddress.String, o.ID)
	case whole.Fee < 0:
		return fmt.Errorf("others paid for transaction %s, too: no gateway made it", whole.TxID)
	case len(sent.Paid) > 1 && !checked:
		return fmt.Errorf("transaction %s pays %s to others, too, and a gateway pays one order with each: if it is what paid order %d all the same, "+
			"and the rest is yours, say -i-have-checked", whole.TxID, inSat(rest), o.ID)
	case sent.At < o.Created-clocksDiffer && !checked:
		return fmt.Errorf("transaction %s is of %s, and order %d was made after it, at %s: if it is what paid the order all the same, say -i-have-checked",
			whole.TxID, at(sent.At), o.ID, at(o.Created))
	case whole.Fee > o.FeeLimit && !checked:
		return fmt.Errorf("transaction %s cost %s, and at most %s were agreed for order %d: if it is what paid it all the same, say -i-have-checked; "+
			"what is above that is yours", whole.TxID, inSat(whole.Fee), inSat(o.FeeLimit), o.ID)
	}
	return nil
}

// sentAs says whom an order that is booked paid, and what it cost.
func sentAs(o *paymentorder.Order, whole chain.Prepared) string {
	text := fmt.Sprintf("order %d is booked: transaction %s pays %s to %s, with a fee of %s", o.ID, whole.TxID, inSat(o.Amount), o.ToAddress.String,
		inSat(min(whole.Fee, o.FeeLimit)))
	if whole.Fee > o.FeeLimit {
		text += fmt.Sprintf(" (it cost %s: what is above the agreed limit is yours)", inSat(whole.Fee))
	}
	return text + "; a gateway follows it from here on, and tells its payer"
}
