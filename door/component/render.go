package component

import (
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
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
	if r.Private { // XEP-0334
		m.Add(El(nsHints, "no-store"), El(nsHints, "no-permanent-store"), El(nsHints, "no-copy"))
	}
	return m.Add(buttons(w, r.Next)...).Add(scannable(r.QR))
}

// buttons say what may follow, each with a label of its own: where several
// would have the same, they show what they say.
func buttons(w i18n.Printer, next []command.Suggestion) []*Element {
	times := map[string]int{}
	for _, n := range next {
		times[n.Label]++
	}
	all := make([]*Element, 0, len(next))
	for _, n := range next {
		label := n.Text
		if times[n.Label] == 1 && w.Has(n.Label) {
			label = w.Say(n.Label, nil)
		}
		all = append(all, quick(w.Lang(), n.Text, label))
	}
	return all
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

// answerID is the id of the answer to q: always the same for the same request,
// unless the id of q may come again with another one. Clients drop a message
// whose id they know.
func answerID(q *Stanza) string {
	if key := q.key(); key != "" && q.stream() == "" {
		return "a-" + digest(q.User, q.At, key)
	}
	return "a-" + strings.ToLower(rand.Text())
}
