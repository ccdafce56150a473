package component

import (
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/address"
)

// newStanza reads the addresses of e. domain is the gateway's; mellium blanks
// a from that is equal to it.
func newStanza(e *Element, domain string) *Stanza {
	q := &Stanza{
		Kind:    e.Name.Local,
		From:    e.Value("from"),
		To:      e.Value("to"),
		ID:      e.Value("id"),
		Type:    e.Value("type"),
		Lang:    e.Value("lang"),
		Element: e,
	}
	if q.From == "" {
		q.From = domain
	}
	q.User = address.Bare(q.From)
	q.At = address.Fold(local(q.To))
	return q
}

// bare is a JID without its resource.
func bare(jid string) string {
	jid, _, _ = strings.Cut(jid, "/")
	return jid
}

// local is the local part of a JID, "" if it has none.
func local(jid string) string {
	node, _, _ := address.SplitJID(jid)
	return node
}

// domainOf is the domain of a JID.
func domainOf(jid string) string {
	_, domain, _ := address.SplitJID(jid)
	return domain
}

// ownerOf is whose the domain of a jid is: servers below one domain are one's.
func ownerOf(jid string) string { return address.Owner(domainOf(jid)) }

// ours reports whether jid is the gateway or one of its contacts.
func ours(jid, domain string) bool {
	return address.Fold(domainOf(jid)) == address.Fold(domain)
}

// childLike is the first child of that local name, in whichever namespace starts
// with space. It finds protocols that are known by a family of namespaces.
func (e *Element) childLike(space, local string) *Element {
	for _, c := range e.Children {
		if c.Name.Local == local && strings.HasPrefix(c.Name.Space, space) {
			return c
		}
	}
	return nil
}

// size is about how many bytes of memory e takes.
func (e *Element) size() int {
	n := 128 + len(e.Text)
	for _, a := range e.Attr {
		n += 64 + len(a.Value)
	}
	for _, c := range e.Children {
		n += c.size()
	}
	return n
}

// sent is when a stanza was written, by the oldest of its delay stamps (XEP-0203,
// and XEP-0091 of old servers), zero if it has none that can be read.
func (q *Stanza) sent() time.Time {
	var oldest time.Time
	for _, c := range q.Children {
		layout := time.RFC3339
		switch {
		case c.Name.Local == "delay" && c.Name.Space == "urn:xmpp:delay":
		case c.Name.Local == "x" && c.Name.Space == "jabber:x:delay":
			layout = "20060102T15:04:05" // in UTC (XEP-0091 §3)
		default:
			continue
		}
		t, err := time.Parse(layout, c.Value("stamp"))
		if err == nil && (oldest.IsZero() || t.Before(oldest)) {
			oldest = t
		}
	}
	return oldest
}
