package component

import (
	"context"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/wallet"
)

const nsNick = "http://jabber.org/protocol/nick"

// Follow does to user's roster what a reply asks for. Every door that runs a
// command for an XMPP user calls it after the answer was sent.
func (c *Component) Follow(ctx context.Context, user string, r command.Reply) {
	w := c.words(r.Unit, r.Lang)
	for _, k := range r.Greet {
		nick := k.Name
		if k.Label != "" {
			nick = k.Label
		}
		phrase := "presence.hello"
		if k.Kind == wallet.GatewayContact {
			phrase = "presence.hello-gateway"
			nick = c.cfg.Name
		}
		_ = c.send(ctx, c.presence("subscribe", k.Node, user).Add(
			El("", "status").Says(w.Say(phrase, map[string]any{"name": nick})),
			El(nsNick, "nick").Says(nick),
		))
	}
	for _, at := range r.Part {
		bye := func(kind string) *Element {
			return c.presence(kind, at, user).Add(El("", "status").Says(w.Say("presence.bye", nil)))
		}
		_ = c.send(ctx, bye("unsubscribe"))
		_ = c.send(ctx, bye("unsubscribed"))
		_ = c.send(ctx, bye("unavailable"))
	}
	if r.Presence {
		c.Refresh(user)
	}
}
