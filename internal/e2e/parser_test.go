package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// nothingWaits has somebody make the gateway write long tags and long texts.
// Since CVE-2023-52425 a server's parser may keep a tag that is there in full
// until more comes, and with it what is written for everybody else. So after each
// of them somebody else is answered, and says nothing more that would help.
func nothingWaits(t *testing.T, h *house) {
	h.rich(t, "mallory", 1000).Close()
	bob := h.rich(t, "waiting-bob", 1000)
	still := h.alive(t)
	v := &villain{house: h}
	defer func() {
		if v.Client != nil {
			_ = v.Close()
		}
	}()
	to := h.XMPP.Component
	for _, c := range []struct{ name, xml string }{
		{"id of an iq", "<iq type='get' to='" + to + "' id='%s'><ping xmlns='urn:xmpp:ping'/></iq>"},
		{"id of an iq that is refused", "<iq type='get' to='" + to + "' id='%s'><unknown xmlns='urn:unknown'/></iq>"},
		{"escaped id", "<iq type='get' to='" + to + "' id='&quot;&gt;%s'><ping xmlns='urn:xmpp:ping'/></iq>"},
		{"id of a message", "<message type='chat' to='" + to + "' id='%s'><body>balance</body><request xmlns='urn:xmpp:receipts'/></message>"},
		{"node", "<iq type='get' to='" + to + "' id='n'><query xmlns='http://jabber.org/protocol/disco#info' node='%s'/></iq>"},
		{"session", "<iq type='set' to='" + to + "' id='s'><command xmlns='http://jabber.org/protocol/commands' node='balance' sessionid='%s'/></iq>"},
		{"thread", "<message type='chat' to='" + to + "' id='t'><body>balance</body><thread>%s</thread></message>"},
		{"parent of a thread", "<message type='chat' to='" + to + "' id='t'><body>balance</body><thread parent='%s'>a</thread></message>"},
		{"contact", "<presence type='subscribe' to='%s@" + to + "'/>"},
		{"body", "<message type='chat' to='" + to + "' id='b'><body>%s</body></message>"},
	} {
		for _, n := range []int{100, 250, 500, 1000, 1020, 1500, 1900, 2100, 3000, 4000, 4090, 5000, 8000, 20_000, 50_000} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			v.attack(ctx, t, "desk", fmt.Sprintf(c.xml, strings.Repeat("i", n)), bob, fmt.Sprintf("%s of %d bytes", c.name, n))
			cancel()
		}
	}
	for _, n := range []int{100, 500, 1000, 1023} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		v.attack(ctx, t, strings.Repeat("r", n), "<iq type='get' to='"+to+"' id='"+strings.Repeat("i", n)+"'><ping xmlns='urn:xmpp:ping'/></iq>", bob, fmt.Sprintf("resource of %d bytes", n))
		cancel()
	}
	still()
	bob.asks("balance", "You have 1 000 sat")
}

// attack strikes with a stanza. Somebody else must be answered after it.
func (v *villain) attack(ctx context.Context, t *testing.T, resource, xml string, other *person, what string) {
	t.Helper()
	if err := v.ready(ctx, resource); err != nil {
		t.Fatalf("%s: the villain does not come in: %v", what, err)
	}
	if err := v.strike(ctx, xml); err != nil {
		t.Fatalf("%s: the villain is not answered any more: %v", what, err)
	}
	if _, err := other.IQ(ctx, other.gateway, "get", "<ping xmlns='urn:xmpp:ping'/>"); err != nil {
		t.Fatalf("%s: nobody else is answered any more: %v", what, err)
	}
	v.Inbox()
}
