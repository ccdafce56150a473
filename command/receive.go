package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/wallet"
)

// Receive gives what somebody else needs to pay the user.
var Receive = &Command{
	Name: "receive", Who: Member, Where: AtGateway, Access: wallet.Receive,
	Fields: []Field{
		{Name: "amount", Kind: AmountField, Optional: true},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words: func(c *Call, words []string) (map[string]string, error) {
		text, rest := cutAmount(words)
		return map[string]string{"amount": text, "memo": strings.Join(rest, " ")}, nil
	},
	Run:   receive,
	Again: []Telling{tells((*Call).receivable)},
}

func receive(ctx context.Context, c *Call) (_ Reply, err error) {
	w := wallet.Receiving{Memo: c.Arg("memo")}
	if c.Arg("amount") != "" {
		if w.Amount, err = c.Amount("amount"); err != nil {
			return Reply{}, err
		}
	}
	return saying(c.receivable)(c.Service.Receive(ctx, c.by, w))
}

// receivable says one payment link that both wallets of the chain and of Lightning
// understand (BIP 321), and what is in it.
func (c *Call) receivable(v wallet.Receivable) Reply {
	r := say("receive.any", nil)
	if v.Amount > 0 {
		r = say("receive.amount", map[string]any{"amount": int64(v.Amount), "memo": v.Memo})
	}
	least := int64(c.Policy.MinDeposit)
	switch {
	case v.Address == "":
		r.add("receive.lightning-only", map[string]any{"valid": v.Valid, "minimum": least})
		r.Copy = []string{v.Invoice}
	case v.Invoice != "":
		r.add("receive.lightning", map[string]any{"valid": v.Valid})
		r.Copy = []string{v.URI, v.Invoice, v.Address}
	default:
		r.Copy = []string{v.URI, v.Address}
	}
	if v.Away {
		r.add("receive.away", nil)
	}
	if v.Address != "" {
		r.add("address.when", map[string]any{"n": c.Policy.Confirmations, "minimum": least})
	}
	r.QR = v.URI
	return r
}

// SayReceivable says what a user is paid by, as chat does, for a door that asked the wallet
// itself.
func (d *Desk) SayReceivable(lang, unit string, v wallet.Receivable) Reply {
	r := (&Call{Desk: d, Lang: lang, Unit: unit}).receivable(v)
	r.Lang, r.Unit = lang, unit
	return r
}
