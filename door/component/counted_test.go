package component_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/component"
)

// TestFormsAreCountedLikeMessages fills in more forms than the bucket holds: each
// step is answered, and the desk hears of no more than there is room for.
func TestFormsAreCountedLikeMessages(t *testing.T) {
	v := visiting(t, func(c *component.Config) { c.Limits.Burst, c.Limits.PerSecond = 3, 1e-9 })
	refused := 0
	for range 50 {
		v.says(iq("set", "s", does("balance", "", "execute", "")))
		if answer(v.hears()) == "error s wait resource-constraint" {
			refused++
		}
	}
	if asked := len(v.town.asked()); asked != 3 || refused != 47 {
		t.Errorf("the desk was asked %d times, %d steps were refused", asked, refused)
	}
	v.says(chat("m1", "one line more"), ping)
	for v.hears().Value("id") != "fence" {
		continue
	}
	if asked := v.town.asked(); len(asked) > 0 {
		t.Errorf("a message is not counted together with forms: %v", asked)
	}
}

// TestWhatComesByItselfIsCounted has a stranger's server say that notices came back, and
// that he is there: each would be a question to the database. What is asked behind it, in
// the same queue, is answered all the same.
func TestWhatComesByItselfIsCounted(t *testing.T) {
	const eve, flood = "eve@evil.example", 2000
	fence := iq("get", "end", "<ping xmlns='urn:xmpp:ping'/>")
	subscribe := presence("subscribe", eve, "nobody")
	for name, tt := range map[string]struct {
		stanza, last string
		most         int
	}{
		"notices that came back": {`<message from='` + eve + `/x' to='` + domain + `' id='notice-%d' type='error'><error type='cancel'>` +
			`<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`, fence, 100},
		"logins": {presence("", eve+"/x%d", ""), subscribe, 3},
		"probes": {presence("probe", eve+"/x%d", ""), subscribe, 3},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(c *component.Config, _ *desk) {
				c.Limits.Burst, c.Limits.PerSecond, c.Limits.Waiting = 3, 1e-9, 2*flood
			})
			var b strings.Builder
			for i := range flood {
				fmt.Fprintf(&b, tt.stanza, i)
			}
			d.says(b.String(), strings.Replace(tt.last, "ann@example.org", eve, 1))
			for {
				if e := d.hears(); e.Value("id") == "end" || e.Value("type") == "unsubscribed" {
					break
				}
			}
			d.desk.mu.Lock()
			defer d.desk.mu.Unlock()
			if n := len(d.desk.returned) + len(d.desk.here); n == 0 || n > tt.most {
				t.Errorf("the desk was asked %d times, of %d", n, tt.most)
			}
		})
	}
}

// TestSubscriptionsTakeTurns has somebody ask for more contacts than the bucket
// holds: the rest waits.
func TestSubscriptionsTakeTurns(t *testing.T) {
	d := open(t, func(c *component.Config, _ *desk) { c.Limits.Burst, c.Limits.PerSecond = 5, 0.01 })
	for i := range 500 {
		d.says(fmt.Sprintf("<presence type='subscribe' from='ann@example.org' to='nobody%d@%s'/>", i, domain))
	}
	for range 5 {
		if e := d.hears(); e.Value("type") != "unsubscribed" {
			t.Errorf("heard %s", text(e))
		}
	}
	d.hearsNothing()
}

// TestProbesAreCounted has a stranger's server ask for contacts that there are not, more
// than anybody has in a roster: each would be a question to the database.
func TestProbesAreCounted(t *testing.T) {
	const burst, roster = 1, 200
	d := open(t, func(c *component.Config, _ *desk) {
		c.Limits.Burst, c.Limits.PerSecond, c.PresenceRate = burst, 1e-9, 1e6
	})
	var b strings.Builder
	for i := range 2 * roster {
		b.WriteString(presence("probe", "eve@evil.example", fmt.Sprint("nobody", i)))
	}
	d.says(b.String())
	for range roster {
		if e := d.hears(); e.Value("type") != "unsubscribed" {
			t.Errorf("heard %s", text(e))
		}
	}
	d.hearsNothing()
}
