package wire

import "encoding/xml"

// Reason is why a stanza was refused.
type Reason uint8

const (
	harmless          Reason = iota
	NotStanza                // an element of the stream that is no message, presence or iq; only ever dropped
	TooLarge                 // more bytes than Limits.StanzaBytes
	TooDeep                  // more nested elements than Limits.Depth
	TooManyAttrs             // an element with more attributes than Limits.Attrs
	AttrTooLong              // an attribute longer than Limits.AttrBytes
	TooManyNamespaces        // more namespaces in scope than maxBindings
	StreamElement            // an element of the stream's own namespace inside a stanza
	Markup                   // a comment, processing instruction or declaration (RFC 6120 §11.1)
	NotWellFormed            // not XML, or not namespace-well-formed
	DoubleAddress            // a second from, to, id or type, told apart by its namespace only
)

var reasons = [...]string{
	harmless: "harmless", NotStanza: "not-a-stanza", TooLarge: "too-large", TooDeep: "too-deep", TooManyAttrs: "too-many-attributes",
	AttrTooLong: "attribute-too-long", TooManyNamespaces: "too-many-namespaces", StreamElement: "stream-element",
	Markup: "markup", NotWellFormed: "not-well-formed", DoubleAddress: "double-address",
}

func (r Reason) String() string { return reasons[r] }

// Refused returns the reason if start is the child that stands for what was
// refused. A user may send such a child, too: it earns the same answer.
func Refused(start xml.StartElement) (reason string, ok bool) {
	if start.Name != (xml.Name{Space: NS, Local: "refused"}) {
		return "", false
	}
	for _, a := range start.Attr {
		if a.Name == (xml.Name{Local: "reason"}) {
			reason = a.Value
		}
	}
	return reason, true
}

// appendRefused writes the stanza that stands for one with the start tag t.
// The default namespace of the stream is that of stanzas, so the name needs
// no prefix.
func appendRefused(b []byte, t *tag, r Reason) []byte {
	b = append(b, '<')
	b = append(b, t.local...)
	for i := range t.attrs {
		a := &t.attrs[i]
		if !a.kept() {
			continue
		}
		b = append(b, ' ')
		b = append(b, a.name...)
		b = append(b, '=', a.quote)
		b = append(b, a.value...)
		b = append(b, a.quote)
	}
	b = append(b, "><refused xmlns='"+NS+"' reason='"...)
	b = append(b, r.String()...)
	b = append(b, "'/></"...)
	b = append(b, t.local...)
	return append(b, '>')
}
