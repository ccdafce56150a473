package xmppclient

import (
	"fmt"
	"strings"
)

// read takes all that comes, answers what a client must answer, and ends with
// the stream.
func (c *Client) read() {
	defer close(c.ended)
	for {
		e, err := c.conn.next()
		if err != nil {
			c.inbox.end(fmt.Errorf("%s is offline: %w", c.JID, err))
			return
		}
		switch s := (Stanza{e}); s.Kind() {
		case "iq":
			if c.answered(s) {
				continue
			}
			c.answer(s)
			c.inbox.put(s)
		case "presence":
			if s.Type() == "subscribe" && c.accept.Load() {
				c.Presence(s.From(), "subscribed")
			}
			c.inbox.put(s)
		case "message":
			c.inbox.put(s)
		case "error": // of the stream: the server closes it now
			c.inbox.end(fmt.Errorf("%s is offline: %s", c.JID, s))
		}
	}
}

// answer replies to a request: pings, roster pushes and questions about us
// with yes, all else with service-unavailable (RFC 6120 section 8.4).
func (c *Client) answer(s Stanza) {
	if s.Type() != "get" && s.Type() != "set" {
		return
	}
	reply := func(kind, payload string) {
		to := ""
		if s.From() != "" {
			to = " to='" + Escape(s.From()) + "'"
		}
		// A failed write is the reader's next error.
		c.SendRaw(fmt.Sprintf("<iq type='%s' id='%s'%s>%s</iq>", kind, Escape(s.ID()), to, payload))
	}
	const (
		disco = "http://jabber.org/protocol/disco#info"
		ping  = "urn:xmpp:ping"
	)
	bare, _, _ := strings.Cut(c.JID, "/")
	switch ours := s.From() == "" || s.From() == bare; {
	case s.Type() == "get" && s.Child("ping", ping) != nil:
		reply("result", "")
	case s.Type() == "get" && s.Child("query", disco) != nil:
		reply("result", "<query xmlns='"+disco+"'><identity category='client' type='bot' name='test'/><feature var='"+disco+"'/><feature var='"+ping+"'/></query>")
	case s.Type() == "set" && ours && s.Child("query", "jabber:iq:roster") != nil:
		reply("result", "")
	default:
		reply("error", "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>")
	}
}
