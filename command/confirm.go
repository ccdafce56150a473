package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Confirm gives the code of an order: now the money moves.
var Confirm = &Command{
	Name: "confirm", Who: Member, Where: Anywhere, MovesMoney: true, AsksNoNode: true, FindsAgain: true,
	Fields:  []Field{{Name: "code", Optional: true}},
	Changes: given("code"),
	Run:     confirm,
	Again:   []Telling{tells((*Call).confirmed)},
}

func confirm(ctx context.Context, c *Call) (Reply, error) {
	code := codeOf(c.Arg("code"))
	if code == "" {
		return pending(ctx, c)
	}
	done, err := c.Service.Confirm(ctx, c.by, code)
	if err != nil {
		return Reply{}, err
	}
	return c.confirmed(done), nil
}

// confirmed says what came of a code.
func (c *Call) confirmed(o wallet.Confirmed) Reply {
	if o.Asked {
		r := say("app.asked", map[string]any{"amount": int64(o.Amount), "who": o.To, "valid": o.Valid})
		return r
	}
	phrase := "confirm.sending"
	switch o.Rail {
	case wallet.InsideRail:
		phrase = "confirm.paid"
	case wallet.LightningRail:
		phrase = "confirm.paying"
	}
	r := say(phrase, map[string]any{"amount": int64(o.Amount), "who": o.To, "balance": int64(o.Balance), "n": o.Number, "tx": c.word("tx")})
	if o.Stopped {
		r = say("confirm.stopped", map[string]any{"amount": int64(o.Amount), "who": o.To, "n": o.Number, "tx": c.word("tx"),
			"back": o.Returnable, "cancel": c.word("cancel"), "code": o.Code})
	}
	if o.Returnable {
		r.Next = append(r.Next, c.suggest("button.cancel", "cancel", o.Code))
	}
	c.remark(&r, o.To)
	r.Presence = true
	return r
}

// remark tells who speaks to one contact that the order was about another.
func (c *Call) remark(r *Reply, to string) {
	if c.To.Kind != wallet.GatewayContact && to != c.To.Name {
		r.add("order.other-contact", map[string]any{"who": to})
	}
}
