package limedoor_test

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/useraccount"
)

// deposit books a coin of so many sat.
func (w *town) deposit(who string, sat int64) {
	w.t.Helper()
	w.coins++
	w.coin(who, sat, w.coins, 1)
}

// coin books the coin with a number, as deep as it is, on the newest address.
func (w *town) coin(who string, sat int64, number int, confirmations int64) {
	w.t.Helper()
	ctx := context.Background()
	u, err := useraccount.ByJID(ctx, w.desk.DB.Read(), jid(who))
	if err != nil {
		w.t.Fatal(err)
	}
	own, err := deposit.Addresses(ctx, w.desk.DB.Read(), u.ID)
	if err != nil || len(own) == 0 {
		w.t.Fatalf("%s has %d addresses: %v", who, len(own), err)
	}
	c := chain.Coin{Outpoint: chain.Outpoint{TxID: fmt.Sprintf("%064x", number)}, Address: own[len(own)-1].Address,
		Amount: amount.FromSats(sat), Confirmations: confirmations, BlockHash: "block", Height: 500}
	rules := deposit.Rules{Confirmations: 1, ConfirmationsLarge: 1, Large: amount.FromSats(1_000_000), Minimum: amount.FromSats(1000)}
	if err := w.desk.DB.Tx(ctx, func(tx *db.Tx) error { return rules.Book(ctx, tx, w.clock.Load(), "key", c) }); err != nil {
		w.t.Fatal(err)
	}
}
