package component

import "time"

const (
	nsMUC     = "http://jabber.org/protocol/muc"
	nsMUCUser = "http://jabber.org/protocol/muc#user"
)

// takeJoin refuses who takes us, or a contact, for a room (XEP-0045 §7.2): the
// client would wait to be let in.
func (c *Component) takeJoin(l *link, q *Stanza) {
	c.oneOff(l, q, c.stanzaError(q, errUnavailable))
}

// invite is what a room passes on to us from somebody who wants us there, nil if
// q is something else (XEP-0045 §7.8.2).
func (q *Stanza) invite() *Element {
	if q.Type != "" && q.Type != "normal" {
		return nil
	}
	return q.Child(nsMUCUser, "x").Child(nsMUCUser, "invite")
}

// takeInvite declines: the gateway is in no room, and nobody should wait for it.
func (c *Component) takeInvite(l *link, q *Stanza) {
	decline := El(nsMUCUser, "decline").With("to", q.invite().Value("from"))
	c.oneOff(l, q, El("", "message", El(nsMUCUser, "x", decline)).With("from", c.jid(q.At)).With("to", bare(q.From)))
}

// oneOff writes an answer from the reader, at the pace at which whoever sent q may
// look at things. Too many are not answered.
func (c *Component) oneOff(l *link, q *Stanza, answer *Element) {
	if !c.pace.Look(q.User, time.Now()) {
		c.tally.limited.Add(1)
		return
	}
	if l.conn.Pending() <= mostRefusals && l.write(answer) == nil {
		c.tally.count(&c.tally.out, q.Kind)
	}
}
