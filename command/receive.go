package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/deposit"
)

// Receive gives what somebody else needs to pay the user.
var Receive = &Command{
	Name: "receive", Who: Member, Where: AtGateway,
	Fields: []Field{
		{Name: "amount", Kind: AmountField, Optional: true},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words: func(c *Call, words []string) (map[string]string, error) {
		text, rest := cutAmount(words)
		return map[string]string{"amount": text, "memo": strings.Join(rest, " ")}, nil
	},
	Run: receive,
}

func receive(ctx context.Context, c *Call) (Reply, error) {
	var m amount.Msat
	if c.Arg("amount") != "" {
		var err error
		if m, err = c.Amount("amount"); err != nil {
			return Reply{}, err
		}
		m = m.CeilSat() // the chain knows whole satoshi
	}
	memo := clip(c.Arg("memo"), memoLength)
	return c.withAddress(ctx, func(a deposit.Address) Reply {
		uri := address.BuildURI(a.Address, m, memo)
		r := say("receive.any", nil)
		if m > 0 {
			r = say("receive.amount", map[string]any{"amount": int64(m), "memo": memo})
		}
		r.add("address.when", map[string]any{"n": c.House.Confirmations, "minimum": int64(c.House.MinDeposit)})
		r.Copy = []string{uri, a.Address}
		r.QR = uri
		r.Data = a
		return r
	})
}
