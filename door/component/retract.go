package component

import (
	"context"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
)

const (
	nsRetract    = "urn:xmpp:message-retract:1"
	nsRetractOld = "urn:xmpp:message-retract:0" // until 2022, in a fastening (XEP-0422)
	nsFasten     = "urn:xmpp:fasten:0"
)

// retracts is the id of the message that q takes back (XEP-0424 §3), "" if it
// takes back none.
func (q *Stanza) retracts() string {
	if e := q.Child(nsRetract, "retract"); e != nil {
		return short(e.Value("id"))
	}
	if e := q.Child(nsFasten, "apply-to"); e.Child(nsRetractOld, "retract") != nil {
		return short(e.Value("id"))
	}
	return ""
}

// answerRetraction drops the order that a message made which is taken back, if
// it still waits for its code. The words that come along are for old clients.
func (c *Component) answerRetraction(ctx context.Context, q *Stanza) {
	r, err := c.ask(ctx, q, command.Request{
		User:   q.User,
		At:     q.At,
		Name:   "cancel",
		ID:     q.key(),
		Stream: q.stream(),
		Edits:  q.retracts(),
		Lang:   q.Lang,
		Sent:   q.sent(),
	})
	switch fault.Of(err).Kind {
	case fault.NotFound, fault.NotAllowed, fault.Invalid:
		return // who has no account, or no order, has nothing to take back
	}
	c.answer(ctx, q, r, q.Lang, err)
}
