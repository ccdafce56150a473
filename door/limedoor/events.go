package limedoor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/outbox"
)

// events is what of the notices was told here. They are the same that are told in
// chat, and are left as they are: every instance of the gateway tells those who
// are connected to it.
type events struct {
	begun bool
	after int64            // notices up to this number were told, are old, or are late
	late  map[int64]int64  // numbers up to it that were taken and are not there, and since when
	met   map[*person]bool // who was here at the last look
}

const (
	// eventLate is how long, in seconds, a number is looked for that another
	// transaction has taken. A request may take half a minute.
	eventLate    = 120
	eventsBefore = 500  // how many notices may be under way when we begin
	eventsLost   = 1024 // how many numbers are looked for at once
	eventsAtOnce = 500  // notices that are read at once
)

// tell delivers the notices that are new. While nobody is here, there are none.
// A notice gets its number when it is written, and is there when its transaction
// ends, perhaps behind greater ones. So what is missing is looked for.
func (d *Door) tell(ctx context.Context, n *events, here []*person) error {
	if len(here) == 0 {
		*n = events{}
		return nil
	}
	if !n.begun {
		newest, err := d.desk.NewestEvent(ctx)
		if err != nil {
			return err
		}
		*n = events{begun: true, after: max(0, newest-eventsBefore), late: map[int64]int64{}}
	}
	by := map[string][]*person{}
	for _, one := range here {
		by[one.jid] = append(by[one.jid], one)
	}
	say := func(all []outbox.Event) {
		for _, notice := range all {
			for _, one := range by[notice.User] {
				// What is written after the last look is news to those who were here.
				if n.met[one] || notice.At >= one.since {
					d.deliver(ctx, one, notice.Notice)
				}
			}
		}
	}
	late, err := d.desk.LateEvents(ctx, slices.Sorted(maps.Keys(n.late)))
	if err != nil {
		return err
	}
	for _, notice := range late {
		delete(n.late, notice.ID)
	}
	say(late)
	for more := true; more; {
		all, err := d.desk.Events(ctx, n.after, eventsAtOnce)
		if err != nil {
			return err
		}
		for _, notice := range all {
			for id := n.after + 1; id < notice.ID && len(n.late) < eventsLost; id++ {
				n.late[id] = d.now()
			}
			n.after = notice.ID
		}
		say(all)
		more = len(all) == eventsAtOnce
	}
	maps.DeleteFunc(n.late, func(_, since int64) bool { return since < d.now()-eventLate })
	n.met = map[*person]bool{}
	for _, one := range here {
		n.met[one] = true
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
