package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// Cancel drops an order that waits for its code, or all of them; or one that is
// confirmed and has not begun, whatever it waits for.
var Cancel = &Command{
	Name: "cancel", Who: Member, Where: Anywhere, AsksNoNode: true, FindsAgain: true,
	Fields:  []Field{{Name: "code", Optional: true}},
	Changes: given("code"),
	Run:     cancel,
	Again:   []Telling{tells((*Call).cancelled), tells((*Call).allCancelled)},
}

func cancel(ctx context.Context, c *Call) (Reply, error) {
	code := codeOf(c.Arg("code"))
	switch {
	case code == "" && c.Name != "" && c.Edits != "":
		o, err := c.TakeBack(ctx, c.by, c.Edits)
		return c.cancelled(o), err
	case code == "":
		return pending(ctx, c)
	case c.chosen("all", code, "all") == "all":
		to := ""
		if c.To.Kind != wallet.GatewayContact {
			to = c.To.Name
		}
		all, err := c.CancelAll(ctx, c.by, to)
		if err != nil {
			return Reply{}, err
		}
		return c.allCancelled(all), nil
	}
	o, err := c.Service.Cancel(ctx, c.by, code)
	if err != nil {
		return Reply{}, err
	}
	return c.cancelled(o), nil
}

// cancelled says which order was dropped. Of a message that was taken back and made none
// there is nothing to say.
func (c *Call) cancelled(o wallet.Cancelled) Reply {
	if o.Code == "" {
		return Reply{}
	}
	r := say("cancel.done", map[string]any{"amount": int64(o.Amount), "who": o.To})
	if o.Back > 0 {
		r = say("cancel.back", map[string]any{"amount": int64(o.Amount), "who": o.To, "back": int64(o.Back)})
		r.Presence = true
	}
	if c.Edits == "" {
		c.remark(&r, o.To)
	}
	return r
}

// allCancelled says how many were dropped, and offers those that are confirmed one by one:
// who drops all may not think of them.
func (c *Call) allCancelled(all wallet.AllCancelled) Reply {
	r := say("cancel.all", map[string]any{"n": all.N})
	if len(all.Held) > 0 {
		r.add("cancel.all-held", map[string]any{"n": int64(len(all.Held)), "code": all.Held[0]})
	}
	for _, code := range all.Held {
		r.Next = append(r.Next, c.suggest("button.cancel", "cancel", code))
	}
	return r
}
