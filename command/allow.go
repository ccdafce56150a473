package command

import (
	"context"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// Allow lets an app pay what is above its budget, this once.
var Allow = &Command{
	Name: "allow", Who: Member, Where: AtGateway, Hands: InPerson, Moves: true, AsksNoNode: true,
	Fields:  []Field{{Name: "code"}},
	Changes: given("code"),
	Run:     answerApp(confirm),
}

// Deny refuses it.
var Deny = &Command{
	Name: "deny", Who: Member, Where: AtGateway, Hands: InPerson, AsksNoNode: true,
	Fields:  []Field{{Name: "code"}},
	Changes: given("code"),
	Run:     answerApp(cancel),
}

// answerApp confirms or cancels an order, if it is an app's.
func answerApp(then func(context.Context, *Call) (Reply, error)) func(context.Context, *Call) (Reply, error) {
	return func(ctx context.Context, c *Call) (Reply, error) {
		code := codeOf(c.Arg("code"))
		if code == "" {
			return Reply{}, c.usage()
		}
		unknown := fault.New(fault.NotFound, "app.no-question", fault.Args{"code": code})
		if !paymentorder.IsCode(code) {
			return Reply{}, unknown
		}
		o, err := paymentorder.ByCode(ctx, c.DB.Read(), c.Account.ID, code)
		if fault.Is(err, fault.NotFound) {
			return Reply{}, unknown
		}
		if err != nil {
			return Reply{}, err
		}
		if a, _, err := app.OfOrder(ctx, c.DB.Read(), int64(o.ID)); a == nil || err != nil {
			if err == nil {
				err = unknown
			}
			return Reply{}, err
		}
		return then(ctx, c)
	}
}
