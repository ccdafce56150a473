package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/wallet"
)

// RequestMoney asks another user for money: they are told, and pay or not.
var RequestMoney = &Command{
	Name: "request", Who: Member, Where: AtGateway | AtUser, Access: wallet.Receive, MovesMoney: true,
	Fields: []Field{
		{Name: "amount", Kind: AmountField},
		{Name: "to"},
		{Name: "memo", Optional: true, Rest: true},
	},
	Words:   requestWords,
	Changes: always,
	Run:     requestMoney,
	Again:   []Telling{tells((*Call).requested)},
}

// requestWords reads "5000 bob pizza", "5000 from bob", "bob for 5000", "for 5000 from
// bob", and on bob's contact the same with or without him.
func requestWords(c *Call, words []string) (map[string]string, error) {
	args := map[string]string{}
	if args["amount"], words = cutAmount(words); args["amount"] == "" {
		if text, rest := cutAmount(c.skip("to", words)); text != "" {
			args["amount"], words = text, rest
		}
	}
	if c.To.Kind != wallet.GatewayContact {
		words = c.whomHere("from", args, words)
	} else {
		if len(words) == 0 {
			return nil, c.usage()
		}
		whom := c.skip("from", words)
		args["to"], words = whom[0], whom[1:]
		if args["amount"] == "" {
			args["amount"], words = cutAmount(c.skip("to", words))
		}
	}
	args["memo"] = strings.Join(words, " ")
	return args, nil
}

func requestMoney(ctx context.Context, c *Call) (Reply, error) {
	m, err := c.Amount("amount")
	if err != nil {
		return Reply{}, err
	}
	to, err := c.recipient(ctx, wallet.ErrAskHere)
	if err != nil {
		return Reply{}, err
	}
	if other, err := c.another(ctx, "from"); err != nil || other != "" {
		return c.askWhom(other), err
	}
	return saying(c.requested)(c.RequestMoney(ctx, c.by, wallet.MoneyRequest{To: to, Amount: m, Memo: c.Arg("memo")}))
}

func (c *Call) requested(r wallet.Requested) Reply {
	return say("request.done", map[string]any{"who": r.To, "amount": int64(r.Amount)})
}
