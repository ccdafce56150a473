package component

import (
	"encoding/xml"
	"strings"
	"testing"
)

// FuzzStanza reads stanzas of any kind: nothing panics, and what is taken for
// a command was in one body.
func FuzzStanza(f *testing.F) {
	for _, s := range []string{
		"<message from='a@b/c' to='d@e' id='1'><body>pay 1 bob</body></message>",
		"<message from='a@b' type='chat'><body xml:lang='fr'>x</body><body>y<z/>z</body></message>",
		"<message from='a@b'><body>&gt; é\nyes</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='4'/></fallback></message>",
		"<message from='a@b'><body>x</body><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T00:00:00Z'/></message>",
		"<message from='@/' to='/@'><encrypted xmlns='urn:xmpp:omemo:2'><payload/></encrypted></message>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		d := xml.NewDecoder(strings.NewReader(raw))
		tok, err := d.Token()
		start, ok := tok.(xml.StartElement)
		if err != nil || !ok {
			return
		}
		e, err := readElement(d, &start)
		if err != nil {
			return
		}
		q := newStanza(e, "gateway.example.org")
		q.sent()
		q.key()
		q.edits()
		text, _, said := q.body()
		if said == (text == "") {
			t.Errorf("said %v, text %q", said, text)
		}
		if q.fit() && said {
			whole := false
			for _, c := range q.Children {
				whole = whole || c.Name.Local == "body" && len(c.Children) == 0 && len(c.Text) >= len(text)
			}
			if !whole {
				t.Errorf("%q is in no body", text)
			}
		}
	})
}
