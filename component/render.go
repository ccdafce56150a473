package component

import (
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/bitcoim/bitcoim/command"
)

const nsQuick = "urn:xmpp:tmp:quick-response"

// render says a reply in chat: its lines, what is to be copied on lines of
// its own, what may follow as buttons (XEP-0439), and a small picture of what
// is to be scanned (XEP-0231). It is nil if there is nothing to say.
func (c *Component) render(q *Stanza, r command.Reply, lang string) *Element {
	lang = c.match(r.Lang, lang)
	w := c.words(r.Unit, lang)
	lines := make([]string, 0, len(r.Lines)+len(r.Copy)+len(r.Next))
	for _, l := range r.Lines {
		lines = append(lines, w.Say(l.Phrase, l.Args))
	}
	lines = append(lines, r.Copy...)
	if len(lines) == 0 {
		return nil
	}
	if c.cfg.Links {
		for _, n := range r.Next {
			lines = append(lines, c.hint(q.At, n.Text))
		}
	}
	m := c.say(q, "", lang, strings.Join(lines, "\n"))
	for _, n := range r.Next {
		label := n.Text
		if w.Has(n.Label) {
			label = w.Say(n.Label, nil)
		}
		m.Add(quick(lang, n.Text, label))
	}
	return m.Add(scannable(r.QR))
}

// quick is a button that says text.
func quick(lang, text, label string) *Element {
	return El(nsQuick, "response").With("lang", lang).With("value", text).With("label", label)
}

// hint is a link that writes text to the contact at (XEP-0147).
func (c *Component) hint(at, text string) string {
	return "xmpp:" + c.jid(at) + "?message;body=" + strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// scannable is the QR code of text as a bit of binary, nil if there is no text
// or the picture is big.
func scannable(text string) *Element {
	const most = 8 << 10
	if text == "" {
		return nil
	}
	png, err := qrPNG(text)
	if err != nil || len(png) > most {
		return nil
	}
	return bobData(png)
}

// answerID is the id of the answer to q: always the same for the same request.
func answerID(q *Stanza) string {
	if key := q.key(); key != "" {
		return "a-" + digest(q.User, q.At, key)
	}
	return "a-" + strings.ToLower(rand.Text())
}
