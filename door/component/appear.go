package component

import (
	"context"
	"errors"

	"golang.org/x/time/rate"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

const nsPhoto = "vcard-temp:x:update"

// queuePresence lets a presence wait for its turn.
func (c *Component) queuePresence(a appearance) {
	if !c.presences.add(a) {
		c.tally.shed.Add(1)
	}
}

// Refresh shows user the gateway and all contacts as they are now.
func (c *Component) Refresh(user string) {
	c.queuePresence(appearance{pair: pair{user, ""}, everybody: true})
}

// sendPresences sends what waits, at the operator's rate, until ctx ends.
func (c *Component) sendPresences(ctx context.Context) {
	pace := rate.NewLimiter(rate.Limit(c.cfg.PresenceRate), max(1, int(c.cfg.PresenceRate/10)))
	for {
		a, err := c.presences.next(ctx)
		if err != nil {
			return
		}
		if pace.Wait(ctx) != nil {
			return
		}
		c.sendAppearance(ctx, a)
	}
}

// sendAppearance sends one presence, and for everybody lets the others wait.
func (c *Component) sendAppearance(ctx context.Context, a appearance) {
	defer c.logPanic("presence")
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timing.Ask)
	defer cancel()
	if c.now() == nil {
		return // who comes back greets everybody
	}
	if a.everybody {
		if err := c.contactsAppear(ctx, a.user); err != nil {
			c.log.Warn("contacts not shown", "user", a.user, "err", err)
		}
	}
	if a.contact == nil {
		known, err := c.contact(ctx, a.user, a.at)
		if err != nil {
			if a.asked {
				c.turnAway(ctx, a.at, a.user, err)
			}
			return
		}
		known.Node = a.at // under the name that user knows, if there are several
		a.contact = &known
	}
	if err := c.send(ctx, c.available(a.user, *a.contact)); err != nil && !errors.Is(err, ErrAway) {
		c.log.Debug("presence not sent", "user", a.user, "contact", a.at, "err", err)
	}
}

// contactsAppear lets the presences of all of user's contacts wait.
func (c *Component) contactsAppear(ctx context.Context, user string) error {
	contacts, err := c.contacts(ctx, user)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	for _, k := range contacts {
		if k.Node != "" {
			c.queuePresence(appearance{pair: pair{user, k.Node}, contact: &k})
		}
	}
	return nil
}

// available is how a contact appears to user: available, with what it says, its
// abilities (XEP-0115) and the hash of its picture (XEP-0153).
func (c *Component) available(user string, k wallet.Contact) *Element {
	lang := c.match(k.Lang)
	p := c.presence("", k.Node, user).With("lang", lang)
	if text := status(c.words(k.Unit, lang), k); text != "" {
		p.Add(El("", "status").Says(text))
	}
	return p.Add(capsElement(c, k), photoElement(k))
}

// status is what a contact says of itself in its presence: an address whose it is, and
// each what its user may see of their money. "" is nothing.
func status(say i18n.Printer, k wallet.Contact) string {
	switch shown := k.Whose != ""; {
	case k.Kind == wallet.AddressContact && k.Mine:
		return say.Say("presence.address", map[string]any{"label": k.Label, "received": int64(k.Sum), "show": shown})
	case shown:
		return say.Say("presence.balance", map[string]any{"name": k.Whose, "balance": int64(k.Sum)})
	}
	return ""
}

// photoElement tells the hash of a contact's picture, so that clients fetch
// it once, and an empty one that there is none (XEP-0153 §4.1).
func photoElement(k wallet.Contact) *Element {
	return El(nsPhoto, "x", El(nsPhoto, "photo").Says(photoHash(k)))
}
