package component

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/outbox"
)

// Tell says a notice to its user, whichever clients are there. Its stanza id
// is made from the notice's, so that a repeat can be recognised. A nil error
// means that it went out on a living connection; ErrAway and others mean that
// the notice must be told again.
func (c *Component) Tell(ctx context.Context, n outbox.Notice) error {
	l := c.now()
	if l == nil {
		return ErrAway
	}
	if err := l.conn.WaitRoom(ctx); err != nil {
		return fmt.Errorf("notice %d: %w", n.ID, err)
	}
	if err := l.write(c.notice(n)); err != nil {
		return fmt.Errorf("notice %d: %w", n.ID, err)
	}
	if err := l.conn.Flush(ctx); err != nil {
		return fmt.Errorf("notice %d: %w", n.ID, err)
	}
	c.tally.count(&c.tally.out, "message")
	if n.Balance {
		c.Refresh(n.User)
	}
	return nil
}

// notice is n as a message.
func (c *Component) notice(n outbox.Notice) *Element {
	lang := c.match(n.Lang)
	w := c.words(n.Unit, lang)
	id := noticeID(n.ID)
	lines := append([]string{w.Say(n.Phrase, n.Args)}, n.Next...) // to be copied where there are no buttons
	m := El("", "message", El("", "body").Says(strings.Join(lines, "\n"))).
		With("type", "chat").With("from", c.jid(n.From)).With("to", n.User).With("id", id).With("lang", lang)
	m.Add(
		El(nsOriginID, "origin-id").With("id", id),
		El(nsReceipts, "request"),
		El(nsHints, "store"),
	)
	if n.Edits > 0 {
		m.Add(El(nsCorrect, "replace").With("id", noticeID(n.Edits)))
	}
	for _, text := range n.Next {
		m.Add(quick(lang, text, text))
	}
	return m
}

const noticePrefix = "notice-"

func noticeID(id int64) string { return noticePrefix + strconv.FormatInt(id, 10) }
