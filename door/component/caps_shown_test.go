package component_test

import (
	"crypto/sha1"
	"encoding/xml"
	"testing"

	"mellium.im/xmpp/disco"

	"github.com/bitcoim/bitcoim/door/component"
)

const caps = "http://jabber.org/protocol/caps"

// What a presence promises, disco#info keeps; another implementation than
// ours makes the sum.
func TestCapsAreKept(t *testing.T) {
	v := visiting(t, func(c *component.Config) {
		c.Contacts = component.Contacts{Admin: []string{"xmpp:root@example.org"}}
	})
	seen := map[string]string{}
	for _, to := range []string{domain, coinJID, "bob@" + domain} {
		v.says(`<presence type='probe' from='` + ann + `/x' to='` + to + `'/>`)
		c := v.hears().Child(caps, "c")
		if c.Value("hash") != "sha-1" || c.Value("node") == "" || c.Value("ver") == "" {
			t.Fatalf("%s: capabilities %v", to, c)
		}
		if other := seen[c.Value("ver")]; other != "" {
			t.Errorf("%s can do the same as %s", to, other)
		}
		seen[c.Value("ver")] = to

		v.says(`<iq type='get' from='` + ann + `/x' to='` + to + `' id='q1'>` +
			query(infoNS, c.Value("node")+"#"+c.Value("ver")) + `</iq>`)
		raw := <-v.server.Recv()
		var answer struct {
			Query disco.Info `xml:"http://jabber.org/protocol/disco#info query"`
		}
		if err := xml.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		if got := answer.Query.Hash(sha1.New()); got != c.Value("ver") {
			t.Errorf("%s: %s is promised, %s is kept:\n%s", to, c.Value("ver"), got, raw)
		}
	}
}

// All addresses promise the same, or clients ask about each.
func TestCapsAreOfAKind(t *testing.T) {
	v := visiting(t)
	ver := func(from, to string) string {
		v.says(`<presence type='probe' from='` + from + `/x' to='` + to + `'/>`)
		return v.hears().Child(caps, "c").Value("ver")
	}
	if a, b := ver(ann, "bob@"+domain), ver(bob, "ann@"+domain); a != b {
		t.Errorf("users: %s and %s", a, b)
	}
	if a, b := ver(ann, coinJID), ver(bob, coinJID); a != b {
		t.Errorf("an address, seen by two: %s and %s", a, b)
	}
	if a, b := ver(ann, domain), ver(bob, domain); a != b {
		t.Errorf("the gateway, in two languages: %s and %s", a, b)
	}
}
