package component

import (
	"context"
	"errors"

	"golang.org/x/time/rate"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
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
		known, err := c.desk.Contact(ctx, a.user, a.at)
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
	contacts, err := c.desk.Contacts(ctx, user)
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
func (c *Component) available(user string, k command.Contact) *Element {
	lang := c.match(k.Lang)
	p := c.presence("", k.Node, user).With("lang", lang)
	if k.Status != nil {
		p.Add(El("", "status").Says(c.words(k.Unit, lang).Say(k.Status.Phrase, k.Status.Args)))
	}
	return p.Add(capsElement(c, k), photoElement(k))
}

// photoElement tells the hash of a contact's picture, so that clients fetch
// it once, and an empty one that there is none (XEP-0153 §4.1).
func photoElement(k command.Contact) *Element {
	return El(nsPhoto, "x", El(nsPhoto, "photo").Says(photoHash(k)))
}
