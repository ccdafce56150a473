package component_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/component"
)

// Whoever takes the gateway or a contact for a room is told that there is none,
// and whoever invites it into one that it does not come.
func TestTheGatewayIsNoRoomAndInNone(t *testing.T) {
	const join = "<presence from='ann@example.org/phone' to='TO' id='j'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
	const invite = "<message from='coven@rooms.example.org' to='TO' TYPE><x xmlns='http://jabber.org/protocol/muc#user'>" +
		"<invite from='ann@example.org/phone'><reason>pay 1 bob</reason></invite></x><body>pay 1 bob</body></message>"
	for name, tt := range map[string]struct{ in, want string }{
		"joining the gateway": {strings.ReplaceAll(join, "TO", domain+"/ann"), "presence error j cancel service-unavailable"},
		"joining a contact":   {strings.ReplaceAll(join, "TO", "bob@"+domain+"/ann"), "presence error j cancel service-unavailable"},
		"an invitation":       {strings.NewReplacer("TO", domain, "TYPE", "").Replace(invite), "message from " + domain + " to coven@rooms.example.org declines ann@example.org/phone"},
		"one to a contact":    {strings.NewReplacer("TO", "bob@"+domain, "TYPE", "type='normal'").Replace(invite), "message from bob@" + domain + " to coven@rooms.example.org declines ann@example.org/phone"},
		"one that came back":  {strings.NewReplacer("TO", domain, "TYPE", "type='error'").Replace(invite), ""},
		"one of our own":      {strings.NewReplacer("TO", domain, "TYPE", "", "coven@rooms.example.org", "bob@"+domain).Replace(invite), ""},
		"one said in a room":  {strings.NewReplacer("TO", domain, "TYPE", "type='groupchat'").Replace(invite), ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.says(tt.in)
			if tt.want != "" {
				e := d.hears()
				got := e.Name.Local + " " + answer(e)
				if x := e.Child("http://jabber.org/protocol/muc#user", "x"); x != nil {
					got = e.Name.Local + " from " + e.Value("from") + " to " + e.Value("to") + " declines " + x.Children[0].Value("to")
				}
				if got != tt.want {
					t.Errorf("heard %s", text(e))
				}
			}
			d.hearsNothing()
			if got := d.desk.requests(); len(got) > 0 {
				t.Errorf("asked %v", got)
			}
		})
	}
}

func TestInvitationsAreDeclinedAtAPace(t *testing.T) {
	d := open(t, func(c *component.Config, _ *desk) { c.Limits.Burst, c.Limits.PerSecond = 1, 1e-9 })
	for range 100 {
		d.says("<message from='coven@rooms.example.org' to='" + domain + "'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='ann@example.org'/></x></message>")
	}
	d.says(strings.Replace(ping, "ann@", "bob@", 1))
	declined := 0
	for e := d.hears(); e.Value("id") != "fence"; e = d.hears() {
		declined++
	}
	if declined != 20 { // as often as one may look at things
		t.Errorf("%d of 100 are declined", declined)
	}
}
