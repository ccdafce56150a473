package door

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/outbox"
)

// news is what of the notices was told here. They are the same that are told in
// chat, and are left as they are: every instance of the gateway tells those who
// are connected to it.
type news struct {
	begun bool
	after int64           // notices up to this number were told, or are old
	told  map[int64]int64 // those behind it, and when they were written
}

const (
	newsLasts  = 10  // seconds in which a notice may be committed behind others
	newsBefore = 500 // how many may be, then
	newsAtOnce = 500 // notices that are read at once
)

// tell delivers the notices that are new. While nobody is here, there are none.
func (d *Door) tell(ctx context.Context, n *news, here []*person) error {
	if len(here) == 0 {
		*n = news{}
		return nil
	}
	if !n.begun {
		newest, err := d.desk.NewestNews(ctx)
		if err != nil {
			return err
		}
		*n = news{begun: true, after: newest - newsBefore, told: map[int64]int64{}}
	}
	by := map[string][]*person{}
	for _, one := range here {
		by[one.jid] = append(by[one.jid], one)
	}
	for after, more := n.after, true; more; {
		all, err := d.desk.News(ctx, after, newsAtOnce)
		if err != nil {
			return err
		}
		for _, notice := range all {
			after = notice.ID
			if _, again := n.told[notice.ID]; again {
				continue
			}
			n.told[notice.ID] = notice.At
			for _, one := range by[notice.User] {
				if notice.At >= one.since {
					d.deliver(ctx, one, notice.Notice)
				}
			}
		}
		more = len(all) == newsAtOnce
	}
	for id, at := range n.told {
		if at < d.now()-newsLasts {
			delete(n.told, id)
			n.after = max(n.after, id)
		}
	}
	return nil
}

// deliver says a notice to the sessions of an account that are there; for others
// it waits in the inbox. What apps ask their user is for sessions in person: the
// code for it is not for the bot.
func (d *Door) deliver(ctx context.Context, one *person, n outbox.Notice) {
	p := d.words.Printer(d.words.Match(n.Lang), n.Unit)
	lines := append([]string{p.Say(n.Phrase, n.Args)}, n.Next...) // to be copied
	m := lime.Message{Header: lime.Header{ID: "notice-" + number(n.ID)}, Content: lime.Text(strings.Join(lines, "\n"))}
	if n.From != "" {
		m.From = lime.Node{Identity: lime.Identity{Name: n.From, Domain: d.o.Domain}}
	}
	to := []lime.Node{{Identity: one.identity}}
	if strings.HasPrefix(n.Phrase, "app.") {
		to = d.inPerson(one.identity)
	}
	for _, node := range to {
		m.To = node
		var reason *lime.Reason
		if _, err := d.server.Deliver(ctx, &m); err != nil && !errors.As(err, &reason) {
			d.log.Warn("lime: a notice was not delivered", "to", node.String(), "err", err)
		}
	}
}

// inPerson are the sessions of a user, without those of bots, that are there.
func (d *Door) inPerson(i lime.Identity) (all []lime.Node) {
	for _, c := range d.server.Sessions(i) {
		p, _ := c.Principal().(*principal)
		switch c.Presence().Status {
		case lime.Available, lime.Busy, lime.Away:
			if p != nil && p.app == 0 {
				all = append(all, c.Remote())
			}
		}
	}
	return all
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
