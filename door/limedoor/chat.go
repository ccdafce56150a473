package limedoor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// InReplyTo is the metadata that says which message an answer is for.
const InReplyTo = "#in-reply-to"

// longestLine is how many bytes a line of chat may have.
const longestLine = 8 << 10

// chat takes what people would write in chat, and answers in the same words.
func (d *Door) chat(m *limeserver.Mux) {
	m.Messages(lime.TextPlain, d.text, limeserver.ForGuests())
	for _, t := range []lime.MediaType{lime.TypeReply, lime.TypeContainer, lime.TypeSensitive} {
		m.Messages(t, d.text) // with text inside, perhaps
	}
}

// text runs a line as a command, in the queue of its user. The session goes on
// meanwhile.
func (d *Door) text(_ context.Context, c *limeserver.Channel, m *lime.Message) error {
	line, err := lime.As[lime.Text](m.Content)
	if err != nil {
		return err
	}
	if !m.PP.IsZero() { // a line can do everything, which no delegation means
		return lime.Errorf(lime.PermissionRequired, "nobody may chat for another")
	}
	who, _ := c.Principal().(*principal)
	if who == nil {
		return d.guestText(c, m, string(line))
	}
	at := d.contactAt(m.To)
	if at == who.username {
		at = ""
	}
	r := who.request()
	r.At, r.Text = at, string(line)
	if r.ID = key("text", who.app, m.ID); len(m.ID) < longID {
		r.Stream = c.Remote().String()
	}
	if len(line) > longestLine {
		r.Text, r.ID = "", ""
	}
	return d.answerLater(c, m, who.jid, func(ctx context.Context) error {
		if r.Text == "" && len(line) > 0 {
			return d.sayBack(ctx, c, m, d.words.Printer(who.lang, "").Say("chat.too-long", map[string]any{"most": int64(longestLine)}))
		}
		reply, err := d.desk.Ask(ctx, r)
		if errors.Is(err, wallet.ErrNoContact) {
			return d.reason(speech{reply.Lang, reply.Unit}, err)
		}
		return d.answer(ctx, c, m, reply, err)
	})
}

// longID is how long an id must be to be believed to come once in all time.
// Shorter ones are counted up by clients, and begin again at the next login.
const longID = 16

// contactAt is the local part of the contact that is written to, "" for the
// gateway itself.
func (d *Door) contactAt(to lime.Node) string {
	if to.IsZero() || address.Fold(to.Name) == lime.Postmaster || address.Fold(to.Name) == address.Fold(d.o.Domain) {
		return ""
	}
	return address.Fold(lime.UnescapeName(to.Name))
}

// answerLater does what a message asks for in the queue of a user, and then says
// that it is consumed, or why it failed.
func (d *Door) answerLater(c *limeserver.Channel, m *lime.Message, user string, do func(ctx context.Context) error) error {
	if err := d.pace(user, false); err != nil {
		return d.reason(speech{}, err)
	}
	err := d.later(user, func(ctx context.Context) {
		err := errNotDone
		defer func() { // also when it panicked: the queues log that
			if err != nil {
				_ = c.Refuse(ctx, m, d.reason(speech{}, err))
				return
			}
			_ = c.Notify(ctx, m, lime.Consumed)
		}()
		err = do(ctx)
	})
	if err != nil {
		return d.reason(speech{}, err)
	}
	return limeserver.ErrLater
}

// answer says what came of a command. What went wrong is an answer as well.
func (d *Door) answer(ctx context.Context, c *limeserver.Channel, m *lime.Message, r command.Reply, err error) error {
	if err != nil {
		return d.sayBack(ctx, c, m, d.reason(speech{r.Lang, r.Unit}, err).Description)
	}
	p := d.words.Printer(r.Lang, r.Unit)
	if text := words(p, r); text != "" {
		if err := d.sayBack(ctx, c, m, text); err != nil {
			return err
		}
	}
	return d.offer(ctx, c, m, p, r.Next)
}

// words are the lines of a reply, with what is to be copied.
func words(p i18n.Printer, r command.Reply) string {
	lines := make([]string, 0, len(r.Lines)+len(r.Copy))
	for _, l := range r.Lines {
		lines = append(lines, p.Say(l.Phrase, l.Args))
	}
	return strings.Join(append(lines, r.Copy...), "\n")
}

// offer shows what may follow as buttons, to those who can show them.
func (d *Door) offer(ctx context.Context, c *limeserver.Channel, m *lime.Message, p i18n.Printer, next []command.Suggestion) error {
	if len(next) == 0 || !slices.Contains(c.Capability().ContentTypes, lime.TypeSelect) {
		return nil
	}
	s := lime.Select{Scope: "immediate", Text: p.Say("lime.choose", nil)}
	times := map[string]int{}
	for _, n := range next {
		times[n.Label]++
	}
	for i, n := range next {
		label := n.Text
		if times[n.Label] == 1 && p.Has(n.Label) {
			label = p.Say(n.Label, nil)
		}
		s.Options = append(s.Options, lime.Option{Order: i + 1, Text: label, Value: lime.Text(n.Text)})
	}
	return d.sendBack(ctx, c, m, s)
}

func (d *Door) sayBack(ctx context.Context, c *limeserver.Channel, m *lime.Message, text string) error {
	return d.sendBack(ctx, c, m, lime.Text(text))
}

// sendBack answers a message, from whom it was sent to.
func (d *Door) sendBack(ctx context.Context, c *limeserver.Channel, m *lime.Message, content lime.Document) error {
	answer := &lime.Message{Header: lime.Header{ID: lime.NewID()}, Content: content}
	if d.contactAt(m.To) != "" {
		answer.From = m.To.In(d.o.Domain)
	}
	if m.ID != "" {
		answer.Metadata = map[string]string{InReplyTo: m.ID}
	}
	return c.Send(ctx, answer)
}

// open are the commands that guests may say.
var open = []string{"help", "about"}

// guestText answers who has not logged in.
func (d *Door) guestText(c *limeserver.Channel, m *lime.Message, line string) error {
	name := ""
	for _, found := range d.words.FindCommand("", strings.ToLower(strings.TrimSpace(line))) {
		if slices.Contains(open, found) {
			name = found
		}
	}
	return d.answerLater(c, m, c.Remote().Identity.Key(), func(ctx context.Context) error {
		if name == "" {
			return d.sayBack(ctx, c, m, d.words.Printer("", "").Say("lime.guest", nil))
		}
		reply, err := d.desk.Ask(ctx, command.Request{User: c.Remote().Identity.Key(), Name: name})
		return d.answer(ctx, c, m, reply, err)
	})
}
