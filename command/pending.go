package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Pending lists what waits for a code and what is under way.
var Pending = &Command{
	Name: "pending", Who: Member, Where: Anywhere, Access: wallet.Receive, ReadOnly: true, AsksNoNode: true,
	Run: pending,
}

func pending(ctx context.Context, c *Call) (Reply, error) {
	to := ""
	if c.To.Kind != wallet.GatewayContact {
		to = c.To.Name
	}
	all, err := c.Service.Pending(ctx, c.by, to)
	if err != nil {
		return Reply{}, err
	}
	if len(all) == 0 {
		return say("pending.none", nil), nil
	}
	r := say("pending.head", nil)
	for _, o := range all {
		c.addPending(&r, o)
	}
	return r, nil
}

// addPending says of an order how far it is, and what can be done about it.
func (c *Call) addPending(r *Reply, o wallet.OrderRecord) {
	state, lightning := o.State, o.Rail == wallet.LightningRail
	phrase := "pending.line-" + string(o.State)
	switch {
	case o.Pause == wallet.MayBeMade:
		phrase = "pending.line-may-be-made"
	case o.Pause == wallet.Stopped:
		phrase = "pending.line-stopped"
		r.Next = append(r.Next, c.suggest("button.cancel", "cancel", o.Code))
	case state == wallet.OrderHeld:
		r.Next = append(r.Next, c.suggest("button.cancel", "cancel", o.Code))
	case lightning && state == wallet.OrderStuck:
		phrase = "pending.line-lightning-stuck"
	case lightning && state != wallet.OrderNew:
		phrase = "pending.line-lightning"
	}
	r.add(phrase, map[string]any{"code": o.Code, "amount": int64(o.Amount), "who": o.To, "left": o.Expires - c.by.Now,
		"at": o.Created, "fee": int64(o.FeeLimit), "txid": o.TxID, "n": o.Confirmations, "cancel": c.word("cancel")})
	if state == wallet.OrderNew {
		r.Next = append(r.Next, c.suggest("button.confirm", "confirm", o.Code))
	}
}
