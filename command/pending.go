package command

import (
	"context"

	"github.com/bitcoim/bitcoim/paymentorder"
)

// Pending lists what waits for a code and what is under way.
var Pending = &Command{
	Name: "pending", Who: Member, Where: Anywhere, Hands: OfAllApps, Looks: true, AsksNoNode: true,
	Run: pending,
}

func pending(ctx context.Context, c *Call) (Reply, error) {
	waiting, err := paymentorder.Waiting(ctx, c.DB.Read(), c.Account.ID, c.Now)
	if err != nil {
		return Reply{}, err
	}
	way, err := paymentorder.UnderWay(ctx, c.DB.Read(), c.Account.ID)
	if err != nil {
		return Reply{}, err
	}
	r := say("pending.none", nil)
	var views []OrderView
	for i, o := range c.about(append(waiting, way...)) {
		if i == 0 {
			r = say("pending.head", nil)
		}
		phrase := "pending.line-" + string(o.State)
		pause, err := o.Pause(ctx, c.DB.Read(), c.unlooked(&o))
		if err != nil {
			return Reply{}, err
		}
		switch {
		case pause == paymentorder.MayBeMade:
			phrase = "pending.line-may-be-made"
		case pause == paymentorder.Stopped:
			phrase = "pending.line-stopped"
			r.Next = append(r.Next, c.suggest("button.cancel", "cancel", o.Code))
		case o.State == paymentorder.Held:
			r.Next = append(r.Next, c.suggest("button.cancel", "cancel", o.Code))
		case o.Lightning() && o.State == paymentorder.Stuck:
			phrase = "pending.line-lightning-stuck"
		case o.Lightning() && o.State != paymentorder.New:
			phrase = "pending.line-lightning"
		}
		r.add(phrase, map[string]any{"code": o.Code, "amount": int64(o.Amount), "who": o.SaidTo, "left": o.Expires - c.Now,
			"at": o.Created, "fee": int64(o.FeeLimit), "txid": o.TxID, "n": o.Confirmations, "cancel": c.word("cancel")})
		if o.State == paymentorder.New {
			r.Next = append(r.Next, c.suggest("button.confirm", "confirm", o.Code))
		}
		views = append(views, OrderView{Code: o.Code, Amount: o.Amount, FeeLimit: o.FeeLimit, To: o.SaidTo, State: string(o.State), TxID: o.TxID,
			Stopped: pause == paymentorder.Stopped})
	}
	r.Data = views
	return r, nil
}

// about keeps the orders that are about the contact spoken to.
func (c *Call) about(orders []paymentorder.Order) []paymentorder.Order {
	if c.To.Kind == ToGateway {
		return orders
	}
	var kept []paymentorder.Order
	for _, o := range orders {
		if o.SaidTo == c.To.Name {
			kept = append(kept, o)
		}
	}
	return kept
}
