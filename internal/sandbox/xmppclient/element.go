package xmppclient

import (
	"encoding/xml"
	"strings"
)

// Element is a piece of XML.
type Element struct {
	XMLName    xml.Name
	Attributes []xml.Attr `xml:",any,attr"`
	Children   []*Element `xml:",any"`
	Text       string     `xml:",chardata"`
}

// Attribute is the value of the attribute, "" if there is none.
func (e *Element) Attribute(name string) string {
	for _, a := range e.Attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// Child finds the first child with the name and, when one is given, the
// namespace. It is nil if there is none.
func (e *Element) Child(name string, space ...string) *Element {
	for _, c := range e.Children {
		if c.XMLName.Local == name && (len(space) == 0 || c.XMLName.Space == space[0]) {
			return c
		}
	}
	return nil
}

// ChildText is the text of the first child with the name.
func (e *Element) ChildText(name string) string {
	if c := e.Child(name); c != nil {
		return c.Text
	}
	return ""
}

// String writes the element as XML, with namespaces where they change.
func (e *Element) String() string {
	var b strings.Builder
	e.write(&b, "")
	return b.String()
}

func (e *Element) write(b *strings.Builder, space string) {
	b.WriteString("<" + e.XMLName.Local)
	if e.XMLName.Space != space {
		b.WriteString(" xmlns='" + Escape(e.XMLName.Space) + "'")
	}
	for _, a := range e.Attributes {
		if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
			b.WriteString(" " + a.Name.Local + "='" + Escape(a.Value) + "'")
		}
	}
	if len(e.Children) == 0 && e.Text == "" {
		b.WriteString("/>")
		return
	}
	b.WriteString(">" + Escape(e.Text))
	for _, c := range e.Children {
		c.write(b, e.XMLName.Space)
	}
	b.WriteString("</" + e.XMLName.Local + ">")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;", `"`, "&quot;")

// Escape makes text fit for an attribute or the content of an element.
func Escape(text string) string { return escaper.Replace(text) }

// Stanza is a message, a presence or an iq.
type Stanza struct{ *Element }

// Kind is "message", "presence" or "iq".
func (s Stanza) Kind() string { return s.XMLName.Local }

// From is who sent it.
func (s Stanza) From() string { return s.Attribute("from") }

// To is whom it was sent to.
func (s Stanza) To() string { return s.Attribute("to") }

// ID is what the sender called it.
func (s Stanza) ID() string { return s.Attribute("id") }

// Type is its type attribute, "" for the default.
func (s Stanza) Type() string { return s.Attribute("type") }

// Body is the text of a message.
func (s Stanza) Body() string { return s.ChildText("body") }

// Condition is the name of its error (RFC 6120 section 8.3.3), "" if it has
// none.
func (s Stanza) Condition() string {
	failure := s.Child("error")
	if failure == nil {
		return ""
	}
	for _, c := range failure.Children {
		if c.XMLName.Space == "urn:ietf:params:xml:ns:xmpp-stanzas" && c.XMLName.Local != "text" {
			return c.XMLName.Local
		}
	}
	return "undefined-condition"
}
