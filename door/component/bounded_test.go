package component_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/wallet"
)

// TestEveryIQIsAnswered floods with more than may wait, while its sender's queue stands
// still: each has a result or an error (RFC 6120 §8.2.3), and somebody else is answered,
// too.
func TestEveryIQIsAnswered(t *testing.T) {
	const flood, waiting = 20_000, 100
	begun, over := make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(over) })
	defer free()
	d := open(t, func(c *component.Config, k *desk) {
		c.Limits.Waiting, c.Limits.Burst = waiting, flood
		k.ask = func(context.Context, command.Request) (command.Reply, error) {
			close(begun)
			<-over
			return command.Reply{}, nil
		}
	})
	d.says(chat("m", "work"))
	<-begun
	go func() {
		for i := range flood / 100 {
			var b strings.Builder
			for j := range 100 {
				b.WriteString(iq("get", fmt.Sprint(100*i+j), "<query xmlns='http://jabber.org/protocol/disco#info'/>"))
			}
			if err := d.server.Send([]byte(b.String())); err != nil {
				t.Error(err)
				return
			}
		}
		d.says(strings.Replace(iq("get", "other", "<ping xmlns='urn:xmpp:ping'/>"), "ann@", "bob@", 1))
	}()
	answered, results, other := map[string]bool{}, 0, false
	for len(answered) < flood || !other {
		e := d.hears()
		switch id := e.Value("id"); {
		case id == "other":
			other = e.Value("type") == "result"
		case e.Name.Local != "iq" || e.Value("type") == "get":
			continue // that somebody is at it, or that we are there
		case answered[id]:
			t.Fatalf("%s is answered twice", id)
		default:
			answered[id] = true
			if e.Value("type") == "result" {
				results++
			}
		}
		if len(answered) > flood-waiting && other {
			free()
		}
	}
	if results != waiting-1 {
		t.Errorf("%d of %d have a result, want %d", results, flood, waiting-1)
	}
}

// TestWhoWaitsHoldsUpNobody has more people wait for somebody outside than there
// are workers.
func TestWhoWaitsHoldsUpNobody(t *testing.T) {
	v := visiting(t, func(c *component.Config) { c.Limits.Workers = 4 })
	outside := make(chan struct{})
	defer close(outside)
	v.town.do = func(r command.Request) (command.Reply, error) {
		if strings.HasPrefix(r.User, "evil") {
			v.town.mu.Unlock()
			<-outside
			v.town.mu.Lock()
		}
		return command.Reply{Lines: []command.Line{{Phrase: "test.paid"}}}, nil
	}
	for i := range 16 {
		v.says(fmt.Sprintf(`<iq type='set' from='evil%d@example.org/x' to='%s' id='e'>%s</iq>`, i, domain, does("balance", "", "execute", "")))
	}
	v.says(`<iq type='set' from='` + ann + `/x' to='` + domain + `' id='a'>` + does("balance", "", "execute", "") + `</iq>`)
	if e := v.hears(); e.Value("id") != "a" {
		t.Errorf("heard %s", text(e))
	}
}

// TestADomainHoldsUpNoOther has more people of one domain wait for somebody outside than
// there are workers and places aside: somebody of another domain has a turn.
func TestADomainHoldsUpNoOther(t *testing.T) {
	const evil = 300
	v := visiting(t, func(c *component.Config) { c.Timing.Slow, c.Limits.Waiters = time.Hour, 20 }) // nobody is shown to be at it
	begun, outside := make(chan struct{}, evil), make(chan struct{})
	defer close(outside)
	v.town.do = func(r command.Request) (command.Reply, error) {
		if strings.HasSuffix(r.User, "@evil.example") {
			v.town.mu.Unlock()
			begun <- struct{}{}
			<-outside
			v.town.mu.Lock()
		}
		return command.Reply{Lines: []command.Line{{Phrase: "test.paid"}}}, nil
	}
	for i := range evil {
		v.says(strings.Replace(chat("e", "pay 1 x@slow.example"), "ann@example.org", fmt.Sprintf("e%d@evil.example", i), 1))
	}
	for range 10 { // as many as may
		select {
		case <-begun:
		case <-time.After(10 * time.Second):
			t.Fatal("nobody is at it")
		}
	}
	v.says(chat("a", "pay 1 bob"))
	if e := v.hears(); !strings.HasPrefix(e.Value("to"), "ann@") {
		t.Errorf("heard %s", text(e))
	}
}

// TestLongStanzasOfADomainLeaveRoom has people of one domain write more than may wait in
// all, while they wait for somebody outside: somebody of another domain is heard.
func TestLongStanzasOfADomainLeaveRoom(t *testing.T) {
	const evil, memory = 60, 64 << 10
	v := visiting(t, func(c *component.Config) { c.Timing.Slow, c.Limits.Memory = time.Hour, memory }) // nobody is shown to be at it
	outside := make(chan struct{})
	defer close(outside)
	v.town.do = func(r command.Request) (command.Reply, error) {
		if strings.HasSuffix(r.User, "@evil.example") {
			v.town.mu.Unlock()
			<-outside
			v.town.mu.Lock()
		}
		return command.Reply{Lines: []command.Line{{Phrase: "test.paid"}}}, nil
	}
	for _, long := range []int{2 * memory / evil, 1} { // and no gap is left
		for i := range evil {
			pays := chat("e", "pay 1 x@slow.example "+strings.Repeat("a", long))
			v.says(strings.Replace(pays, "ann@example.org", fmt.Sprintf("e%d@evil.example", i), 1))
		}
	}
	v.says(iq("get", "a", "<ping xmlns='urn:xmpp:ping'/>"))
	for { // evil is told that it is too much
		if e := v.hears(); e.Value("id") == "a" && strings.HasPrefix(e.Value("to"), "ann@") {
			if e.Value("type") != "result" {
				t.Errorf("ann is turned away: %s", text(e))
			}
			return
		}
	}
}

// TestWhatIsAnsweredHoldsNoMemory has more people ask, and add the gateway, one after the
// other, than have room together.
func TestWhatIsAnsweredHoldsNoMemory(t *testing.T) {
	v := visiting(t, func(c *component.Config) { c.Limits.Memory = 16 << 10 })
	for i := range 100 {
		who := fmt.Sprintf("bob%d@s%d.example", i, i)
		for _, says := range []string{
			iq("get", "a", "<ping xmlns='urn:xmpp:ping'/>"),
			"<presence type='subscribe' from='ann@example.org' to='" + domain + "'/>",
		} {
			v.says(strings.Replace(says, "ann@example.org", who, 1))
			for e := v.hears(); e.Value("type") != "result" && e.Value("type") != "subscribed"; e = v.hears() {
				if e.Value("type") == "error" {
					t.Fatalf("number %d is turned away: %s", i, text(e))
				}
			}
		}
	}
}

// TestWhatWeKnowGoesFirst has more people wait for somebody outside than there are
// workers and places aside: to pay, or to register while the node is silent. Whoever
// asks for what we know ourselves is answered all the same, in chat and by a form.
func TestWhatWeKnowGoesFirst(t *testing.T) {
	registers := iq("set", "e", "<query xmlns='jabber:iq:register'><username>ann</username></query>")
	for name, tt := range map[string]struct {
		slow int
		says string
	}{
		"sixteen pay":                          {16, chat("e", "pay 1 x@slow.example")},
		"three hundred pay":                    {300, chat("e", "pay 1 x@slow.example")},
		"three hundred register":               {300, chat("e", "register")},
		"three hundred register as clients do": {300, registers},
	} {
		t.Run(name, func(t *testing.T) {
			v := visiting(t, func(c *component.Config) { c.Timing.Slow = time.Hour }) // nobody is shown to be at it
			begun, outside := make(chan struct{}, tt.slow), make(chan struct{})
			defer close(outside)
			v.town.do = func(r command.Request) (command.Reply, error) {
				if strings.HasPrefix(r.User, "evil") {
					v.town.mu.Unlock()
					begun <- struct{}{}
					<-outside
					v.town.mu.Lock()
				}
				return command.Reply{Lines: []command.Line{{Phrase: "test.paid"}}}, nil
			}
			for i := range tt.slow {
				v.says(strings.Replace(tt.says, "ann@", fmt.Sprintf("evil%d@", i), 1))
			}
			for range tt.slow / 20 { // and some of them are at it
				select {
				case <-begun:
				case <-time.After(10 * time.Second):
					t.Fatal("nobody is at it")
				}
			}
			for i, ask := range []string{
				chat("a", "balance"), chat("a", "Confirm\u00a0k7m2"),
				iq("set", "a", does("balance", "", "execute", "")), iq("set", "a", does("history", "", "execute", "")),
				iq("get", "a", "<query xmlns='jabber:iq:register'/>"), iq("get", "a", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
			} {
				from := fmt.Sprintf("ann%d@", i) // each is the first thing that somebody asks
				v.says(strings.Replace(ask, "ann@", from, 1))
				if e := v.hears(); !strings.HasPrefix(e.Value("to"), from) {
					t.Fatalf("%s: heard %s", ask, text(e))
				}
			}
		})
	}
}

// TestTooManyTogetherAreRefused leaves nothing of the pace of all. Whoever writes then
// is told once that it is not done, and nothing is looked up for it.
func TestTooManyTogetherAreRefused(t *testing.T) {
	d := open(t, func(c *component.Config, _ *desk) { c.Pace = spent() })
	for i := range 5 {
		d.says(chat(fmt.Sprint("m", i), "balance"))
	}
	if e := d.hears(); e.Name.Local != "message" || answer(e) != "error m0 wait resource-constraint" {
		t.Errorf("heard %s", text(e))
	}
	d.says(iq("set", "s", "<ping xmlns='urn:xmpp:ping'/>"))
	if e := d.hears(); answer(e) != "error s wait resource-constraint" {
		t.Errorf("heard %s", text(e))
	}
	if got := d.desk.requests(); len(got) > 0 {
		t.Errorf("asked %v", got)
	}
}

// spent is a pace of which others have just taken everything, for a while to come.
func spent() *wallet.Pace {
	p := wallet.NewPace(1, 1<<20)
	for later := time.Now().Add(time.Hour); p.Take("others@example.org", later) == wallet.Granted; {
		continue
	}
	return p
}

// TestLeavingRefuses stops the door while somebody goes on asking: what is not
// done any more is refused, and nothing is left without an answer.
func TestLeavingRefuses(t *testing.T) {
	busy, free := make(chan struct{}), make(chan struct{})
	d := open(t, func(_ *component.Config, k *desk) {
		k.ask = func(context.Context, command.Request) (command.Reply, error) {
			close(busy)
			<-free
			return command.Reply{}, nil
		}
	})
	d.says(chat("first", "work"))
	<-busy
	stopped := make(chan struct{})
	go func() { d.stop(); close(stopped) }()
	for n, done := 0, false; !done; n++ { // until one is refused
		id := fmt.Sprint("ping", n)
		d.says(strings.Replace(iq("get", id, "<ping xmlns='urn:xmpp:ping'/>"), "ann@", "bob@", 1))
		e := d.hears()
		if e.Value("id") != id {
			t.Fatalf("heard %s", text(e))
		}
		done = answer(e) == "error "+id+" wait recipient-unavailable"
	}
	d.says(chat("late", "more work"))
	if e := d.hears(); e.Name.Local != "message" || answer(e) != "error late wait recipient-unavailable" {
		t.Errorf("heard %s", text(e))
	}
	close(free)
	<-stopped
}
