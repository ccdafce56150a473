package component_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component"
)

// seen is a presence as type, from, to and status.
func seen(e *component.Element) string {
	if e.Name.Local != "presence" {
		return text(e)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s > %s %s", e.Value("type"), strings.TrimSuffix(e.Value("from"), domain), e.Value("to"), e.ChildText("", "status")))
}

func presence(kind, from, at string) string {
	to := domain
	if at != "" {
		to = at + "@" + domain
	}
	if kind != "" {
		kind = "type='" + kind + "' "
	}
	return "<presence " + kind + "from='" + from + "' to='" + to + "'/>"
}

func TestPresence(t *testing.T) {
	const ann, eve = "ann@example.org", "eve@example.org"
	for name, tt := range map[string]struct {
		in   string
		want []string
	}{
		"a probe of the gateway": {presence("probe", ann, ""), []string{"> " + ann + " Hi ann."}},
		"a login":                {presence("", ann+"/phone", ""), []string{"> " + ann + " Hi ann."}},
		"a probe of a contact":   {presence("probe", ann, "bob"), []string{"bob@ > " + ann}},
		"a probe of nobody":      {presence("probe", ann, "nobody"), []string{"unsubscribed nobody@ > " + ann}},
		"a login, to a contact":  {presence("", ann+"/phone", "bob"), nil},
		"a logout":               {presence("unavailable", ann+"/phone", ""), nil},
		"subscribe to the gateway": {presence("subscribe", ann, ""),
			[]string{"subscribed  > " + ann, "> " + ann + " Hi ann."}},
		"subscribe to a contact": {presence("subscribe", ann, "bob"),
			[]string{"subscribed bob@ > " + ann, "bob@ > " + ann}},
		"subscribe to nobody":  {presence("subscribe", ann, "nobody"), []string{"unsubscribed nobody@ > " + ann}},
		"unsubscribe":          {presence("unsubscribe", ann, "bob"), []string{"unsubscribed bob@ > " + ann, "unavailable bob@ > " + ann}},
		"a stranger's probe":   {presence("probe", eve, ""), []string{"> " + eve}},
		"a server's probe":     {presence("probe", "example.org", ""), nil},
		"our own":              {presence("subscribe", "bob@"+domain, ""), nil},
		"subscribed":           {presence("subscribed", ann, ""), nil},
		"an error":             {presence("error", ann, "bob"), nil},
		"a type nobody knows":  {presence("online", ann, "bob"), nil},
		"a name only XMPP has": {presence("subscribe", ann, "€"), []string{"unsubscribed €@ > " + ann}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.says(tt.in)
			got := map[string]bool{}
			for range tt.want {
				e := d.hears()
				got[seen(e)] = true
				if e.Child("", "show") != nil {
					t.Errorf("a show: %s", text(e))
				}
				if e.Value("type") == "" && e.Child("http://jabber.org/protocol/caps", "c") == nil {
					t.Errorf("no caps: %s", text(e))
				}
			}
			for _, w := range tt.want {
				if !got[w] {
					t.Errorf("heard %v, want %q", got, w)
				}
			}
			d.hearsNothing()
		})
	}
}

func TestSubscriptionsAreRemembered(t *testing.T) {
	d := open(t)
	d.says(presence("subscribe", "ann@example.org", "bob"))
	d.hears()
	d.hears()
	if !d.desk.subscribed["ann@example.org bob"] {
		t.Error("not remembered")
	}
	d.says(presence("unsubscribe", "ann@example.org", "bob"))
	d.hears()
	d.hears()
	if d.desk.subscribed["ann@example.org bob"] {
		t.Error("not forgotten")
	}
}

func TestANewcomerIsWelcome(t *testing.T) {
	d := open(t)
	d.says(presence("subscribe", "eve@example.org", ""))
	var body string
	for range 3 {
		if e := d.hears(); e.Name.Local == "message" {
			body = d.body(e)
		}
	}
	if body != "Welcome to "+domain+"." {
		t.Errorf("got %q", body)
	}
}

func TestALonelyInstanceGreetsEverybody(t *testing.T) {
	d := open(t, func(cfg *component.Config, _ *desk) {
		cfg.Alone = func(context.Context) bool { return true }
	})
	want := map[string]bool{
		"> ann@example.org Hi ann.":        true,
		"> bob@example.org Hi bob.":        true,
		"bc1qann@ > ann@example.org Mine.": true,
	}
	for range len(want) {
		if s := seen(d.hears()); !want[s] {
			t.Errorf("heard %q", s)
		}
	}
	go d.stop()
	want = map[string]bool{
		"unavailable  > ann@example.org See you.":         true,
		"unavailable  > bob@example.org See you.":         true,
		"unavailable bc1qann@ > ann@example.org See you.": true,
	}
	for range len(want) {
		if s := seen(d.hears()); !want[s] {
			t.Errorf("heard %q", s)
		}
	}
}

// A gateway that crashed and is started again finds itself among those seen
// lately. When it knows better, it greets: who logged in meanwhile saw nobody.
func TestWhoReplacesACrashedInstanceGreets(t *testing.T) {
	var looks atomic.Int32
	d := open(t, func(cfg *component.Config, _ *desk) {
		cfg.Timing.Alive = time.Millisecond
		cfg.Alone = func(context.Context) bool { return looks.Add(1) > 1 }
	})
	for range 3 {
		if s := seen(d.hears()); !strings.HasPrefix(s, "> ") && !strings.HasPrefix(s, "bc1qann@ > ") {
			t.Errorf("heard %q", s)
		}
	}
}

func TestWhoHasASiblingDoesNotGreet(t *testing.T) {
	looked := make(chan struct{}, 2)
	d := open(t, func(cfg *component.Config, _ *desk) {
		cfg.Timing.Alive = time.Millisecond
		cfg.Alone = func(context.Context) bool {
			select {
			case looked <- struct{}{}:
			default:
			}
			return false
		}
	})
	<-looked
	<-looked
	d.hearsNothing()
}

func TestALoginStormIsAbsorbed(t *testing.T) {
	d := open(t, func(cfg *component.Config, _ *desk) { cfg.PresenceRate = 1e9 })
	var storm strings.Builder
	for range 1000 {
		storm.WriteString(presence("probe", "ann@example.org", "bob"))
		storm.WriteString(presence("", "ann@example.org/phone", "bob"))
	}
	d.says(storm.String(), chat("m1", "help"))
	presences := 0
	for {
		e := d.hears()
		if e.Name.Local == "message" {
			break
		}
		presences++
	}
	if s := d.c.Stats(); s.Shed > 0 || s.PresencesIn != 2000 {
		t.Errorf("%+v", s)
	}
	t.Logf("%d presences for 1000 probes of one contact", presences)
}
