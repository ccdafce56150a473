package limedoor

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// TypeTransaction is a transaction of the chain that moved something here.
const TypeTransaction lime.MediaType = "application/vnd.bitcoim.transaction+json"

// Transaction is how far a transaction is.
type Transaction struct {
	TxID    string  `json:"txid"`
	Blocks  int64   `json:"confirmations"`
	SentTo  int64   `json:"sentTo"` // nodes that took it from us
	SeenBy  int64   `json:"seenBy"` // others that announced it
	Entries []Entry `json:"entries"`
}

// MediaType is TypeTransaction.
func (Transaction) MediaType() lime.MediaType { return TypeTransaction }

func transactionOf(lines []wallet.Entry) Transaction {
	var t Transaction
	for _, l := range lines {
		t.TxID, t.Blocks = l.TxID, max(t.Blocks, l.Confirmations)
		t.SentTo, t.SeenBy = max(t.SentTo, l.Given), max(t.SeenBy, l.Seen)
		t.Entries = append(t.Entries, entryOf(l))
	}
	return t
}

func (d *Door) transactions(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/transactions/{txid}", func(ctx context.Context, c *call) (lime.Document, error) {
		lines, err := c.transaction(ctx)
		if err != nil {
			return nil, err
		}
		return transactionOf(lines), nil
	})
	d.observable(m, "/transactions/{txid}")
}

// transaction is the one in the path.
func (c *call) transaction(ctx context.Context) ([]wallet.Entry, error) {
	by, err := c.caller(ctx, "tx")
	if err != nil {
		return nil, err
	}
	return c.door.desk.Transaction(ctx, by, strings.ToLower(c.Var("txid")))
}
