package command

import "context"

// About says who runs this, what it costs and who holds the coins.
var About = &Command{
	Name: "about", Who: Anyone, Where: AtGateway, Hands: OfAllApps, Looks: true, AsksNoNode: true,
	Run: func(_ context.Context, c *Call) (Reply, error) {
		l := c.House.Limits
		r := say("about.head", map[string]any{"domain": c.House.Domain, "version": c.House.Version, "network": string(c.House.Network)})
		r.add("about.custody", nil)
		r.add("about.fees", nil)
		r.add("about.limits", map[string]any{"payment": int64(l.Payment), "day": int64(l.Day), "balance": int64(l.Balance)})
		r.add("about.confirmations", map[string]any{"n": c.House.Confirmations})
		if c.House.OperatorContacts != "" {
			r.add("about.contact", map[string]any{"contact": c.House.OperatorContacts})
		}
		return r, nil
	},
}
