package command

import (
	"context"

	"github.com/bitcoim/bitcoim/wallet"
)

// About says who runs this, what it costs and who holds the coins.
var About = &Command{
	Name: "about", Who: Anyone, Where: AtGateway, Access: wallet.Receive, ReadOnly: true, AsksNoNode: true,
	Run: func(_ context.Context, c *Call) (Reply, error) {
		l := c.Policy.Limits
		r := say("about.head", map[string]any{"domain": c.Policy.Domain, "version": c.Policy.Version, "network": string(c.Policy.Network)})
		r.add("about.custody", nil)
		r.add("about.fees", nil)
		r.add("about.limits", map[string]any{"payment": int64(l.Payment), "day": int64(l.Day), "balance": int64(l.Balance)})
		r.add("about.confirmations", map[string]any{"n": c.Policy.Confirmations})
		if c.Policy.OperatorContacts != "" {
			r.add("about.contact", map[string]any{"contact": c.Policy.OperatorContacts})
		}
		return r, nil
	},
}
