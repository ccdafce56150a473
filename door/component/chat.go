package component

import (
	"context"
	"encoding/xml"
	"errors"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/wallet"
)

// answerMessage runs a line of chat as a command and says the answer.
func (c *Component) answerMessage(ctx context.Context, q *Stanza) {
	if q.encrypted() {
		c.note(ctx, q, "chat.encrypted", nil)
		return
	}
	text, lang, _ := q.body()
	c.receipt(ctx, q)
	if len(text) > c.cfg.Limits.Body {
		c.note(ctx, q, "chat.too-long", map[string]any{"most": int64(c.cfg.Limits.Body)})
		return
	}
	r, err := c.ask(ctx, q, command.Request{
		User:   q.User,
		At:     q.At,
		Text:   text,
		ID:     q.key(),
		Stream: q.stream(),
		Edits:  q.edits(),
		Lang:   lang,
		Sent:   q.sent(),
	})
	c.answer(ctx, q, r, lang, err)
	if c.tally.bounced.Load() > 0 { // not all let us see when they come
		c.here(ctx, q)
	}
}

// answer says what came of a command, and lets the roster follow.
func (c *Component) answer(ctx context.Context, q *Stanza, r command.Reply, lang string, err error) {
	if r.Lang != "" { // the desk heard which language is spoken
		lang = r.Lang
	}
	if err != nil {
		if errors.Is(err, wallet.ErrNotServed) && !c.pace.TurnAway(q.User, time.Now()) {
			c.tally.limited.Add(1)
			return
		}
		lang, text := c.faultText(ctx, q.User, lang, err)
		_ = c.send(ctx, c.say(q, "", lang, text))
		return
	}
	if m := c.render(q, r, lang); m != nil {
		_ = c.send(ctx, m)
	}
	c.Follow(ctx, q.User, r)
}

// tooFast tells somebody that they write too fast.
func (c *Component) tooFast(ctx context.Context, q *Stanza) { c.note(ctx, q, "chat.too-fast", nil) }

// ask runs one command, and shows that we are at it when it takes long.
func (c *Component) ask(ctx context.Context, q *Stanza, r command.Request) (reply command.Reply, err error) {
	defer c.panicAsError("command", &err)
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timing.Ask)
	defer cancel()
	shown := make(chan struct{})
	slow := time.AfterFunc(c.cfg.Timing.Slow, func() {
		defer close(shown)
		defer c.logPanic("composing")
		_ = c.send(ctx, c.message(q, "").Add(El(nsChatStates, "composing"), El(nsHints, "no-store")))
	})
	defer func() {
		if !slow.Stop() {
			<-shown // so that it does not come after the answer
		}
	}()
	return c.desk.Ask(ctx, r)
}

// receipt tells the sender that the message reached us (XEP-0184).
func (c *Component) receipt(ctx context.Context, q *Stanza) {
	if q.ID == "" || q.Child(nsReceipts, "request") == nil {
		return
	}
	_ = c.send(ctx, c.message(q, "").Add(
		El(nsReceipts, "received").With("id", q.ID),
		El(nsHints, "store"),
	))
}

// note answers q with a phrase.
func (c *Component) note(ctx context.Context, q *Stanza, phrase string, args map[string]any) {
	lang := q.Lang
	if a, err := c.desk.Account(ctx, q.User); err == nil && a.Lang != "" {
		lang = a.Lang
	}
	_ = c.send(ctx, c.say(q, "", c.match(lang), c.words("", lang).Say(phrase, args)))
}

// message begins a chat message from whom q was sent to, to who sent it.
func (c *Component) message(q *Stanza, id string) *Element {
	m := &Element{Name: xml.Name{Local: "message"}, Attr: make([]xml.Attr, 0, 5)} // with a language
	return m.With("type", "chat").With("from", c.jid(q.At)).With("to", q.From).With("id", id)
}

// longestParent is how long the name of a thread's parent may be to be repeated:
// the answer is worth more.
const longestParent = 256

// say is a chat message with a body, in the thread of q. Without an id it
// gets one made from the request, so that a repeated answer is recognised. An
// origin-id (XEP-0359) would say the same again: between two there is nobody who
// gives a message another id, and servers look at each child.
func (c *Component) say(q *Stanza, id, lang, body string) *Element {
	if id == "" {
		id = answerID(q)
	}
	m := c.message(q, id).With("lang", lang).Add(El("", "body").Says(body))
	if t := q.Child("", "thread"); t != nil && t.Text != "" {
		echo := El("", "thread").Says(t.Text)
		if parent := t.Value("parent"); len(parent) <= longestParent {
			echo.With("parent", parent)
		}
		m.Add(echo)
	}
	if q.Child(nsChatStates, "active") != nil { // who does not say how it is with him is not told either (XEP-0085 §5.1)
		m.Add(El(nsChatStates, "active"))
	}
	return m
}
