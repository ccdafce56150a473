package e2e_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
)

// noCommand sends what clients send besides lines of chat. Once, chat states
// were answered, and each made an address.
func noCommand(t *testing.T, h *house) {
	ann, ben := h.rich(t, "still-ann", 1000), h.member(t, "still-ben")
	code := ann.orders("pay 10 still-ben")
	inner := fmt.Sprintf("<message xmlns='jabber:client' from='%s/desk' to='%s' type='chat' id='inner'><body>confirm %s</body></message>", "still-ann@"+h.XMPP.Domain, ann.gateway, code)
	wrapped := "<forwarded xmlns='urn:xmpp:forward:0'>" + inner + "</forwarded>"
	addresses := ann.asks("address list")
	for _, to := range []string{ann.gateway, "still-ben@" + ann.gateway, ann.address() + "@" + ann.gateway} {
		ann.heard()
		ann.Inbox()
		for _, c := range []struct{ name, kind, children string }{
			{"typing", "chat", "<composing xmlns='http://jabber.org/protocol/chatstates'/>"},
			{"paused", "chat", "<paused xmlns='http://jabber.org/protocol/chatstates'/>"},
			{"gone", "", "<gone xmlns='http://jabber.org/protocol/chatstates'/>"},
			{"receipt", "chat", "<received xmlns='urn:xmpp:receipts' id='1'/>"},
			{"marker", "chat", "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>"},
			{"empty body", "chat", "<body/>"},
			{"body of blanks", "chat", "<body> \n </body>"},
			{"body elsewhere", "chat", "<body xmlns='http://www.w3.org/1999/xhtml'>confirm " + code + "</body>"},
			{"subject alone", "chat", "<subject>confirm " + code + "</subject>"},
			{"nothing", "chat", ""},
			{"room", "groupchat", "<body>confirm " + code + "</body>"},
			{"news", "headline", "<body>confirm " + code + "</body>"},
			{"error", "error", "<body>confirm " + code + "</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"},
			{"forwarded", "chat", wrapped},
			{"forwarded with a body", "chat", "<body>confirm " + code + "</body>" + wrapped},
			{"carbon received", "chat", "<received xmlns='urn:xmpp:carbons:2'>" + wrapped + "</received>"},
			{"carbon sent", "chat", "<sent xmlns='urn:xmpp:carbons:2'>" + wrapped + "</sent>"},
			{"archived", "chat", "<result xmlns='urn:xmpp:mam:2' id='1'>" + wrapped + "</result>"},
			{"invitation", "chat", "<x xmlns='jabber:x:conference' jid='confirm@x'/><body>confirm " + code + "</body>"},
			{"private in a room", "chat", "<x xmlns='http://jabber.org/protocol/muc#user'/><body>confirm " + code + "</body>"},
		} {
			kind := ""
			if c.kind != "" {
				kind = " type='" + c.kind + "'"
			}
			ann.sends("<message to='%s'%s id='%s'>%s</message>", to, kind, rand.Text(), c.children)
			ann.settles()
			for _, s := range ann.Inbox() {
				if s.Kind() == "message" {
					t.Errorf("%s to %s is answered: %s", c.name, to, s)
				}
			}
		}
	}
	// A server may cut out what is not text, and leave a question.
	ann.sends("%s", ann.chat(rand.Text(), "confirm <b>"+code+"</b>", ""))
	ann.settles()
	if now := ann.asks("address list"); now != addresses {
		t.Errorf("addresses were made: %s", now)
	}
	if got := ann.pending(); got != 1 || ben.balance() != 0 || ann.balance() != 1000 {
		t.Errorf("%d orders wait, ann has %d sat, ben %d", got, ann.balance(), ben.balance())
	}
	// Somebody else's words in a reply are no command, one's own are.
	quoted := "&gt; confirm " + code + "\n"
	ann.sends("%s", ann.chat(rand.Text(), quoted+"balance", fmt.Sprintf(
		"<reply xmlns='urn:xmpp:reply:0' to='%s' id='1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='%d'/></fallback>", ann.gateway, len("> confirm xxxx\n"))))
	ann.hears("You have 1 000 sat")
}

// otherDomains speaks for users of another domain, and for no user at all.
func otherDomains(t *testing.T, h *house) {
	ann := h.rich(t, "here-ann", 1000)
	code := ann.orders("pay 10 donor")
	guest := attach(t, h.XMPP.GuestAddr, h.XMPP.Guest, h.XMPP.Secret)
	before := h.owed(t)

	// A domain is a server or another component: it might answer us for ever.
	for _, from := range []string{h.XMPP.Guest, h.XMPP.Guest + "/resource"} {
		for _, line := range []string{"help", "register guest", "balance", "confirm " + code} {
			if said := guest.says(t, from, ann.gateway, line); len(said) > 0 {
				t.Errorf("%s says %q and hears %q", from, line, said)
			}
		}
	}
	// Users whom the gateway does not serve have no account, however they try,
	// and are told so once.
	for _, from := range []string{"zed@" + h.XMPP.Guest + "/desk", "here-ann@" + h.XMPP.Guest + "/desk", `here-ann\40` + h.XMPP.Domain + "@" + h.XMPP.Guest} {
		refused := 0
		for _, line := range []string{"register guest", "register", "balance", "address", "pay 1 donor", "confirm " + code, "cancel " + code} {
			for _, said := range guest.says(t, from, ann.gateway, line) {
				if strings.Contains(said, "This gateway is for users of "+h.XMPP.Domain) {
					refused++
				}
				if strings.Contains(said, "Welcome") || balanceLine.MatchString(said) || strings.Contains(said, "To send it") || strings.Contains(said, "bcrt1") || strings.Contains(said, "Paid") {
					t.Errorf("%s says %q and hears %q", from, line, said)
				}
			}
		}
		if refused != 1 {
			t.Errorf("%s is refused %d times, want once", from, refused)
		}
		form := "<query xmlns='jabber:iq:register'><username>guest</username></query>"
		if kind := guest.asks(t, from, ann.gateway, "set", form); kind != "error" {
			t.Errorf("%s registers by a form: %s", from, kind)
		}
	}
	if ann.asks("pay 1 guest", "Nobody here is called guest"); ann.pending() != 1 {
		t.Error("the order of a neighbour was touched")
	}
	if after := h.owed(t); after != before {
		t.Errorf("owed are %d msat, were %d", after, before)
	}
	// The server overwrites or refuses a sender that is not the component's.
	guest.send(t, fmt.Sprintf("<message from='here-ann@%s/desk' to='%s' type='chat' id='forged'><body>confirm %s</body></message>", h.XMPP.Domain, ann.gateway, code))
	ann.settles()
	if ann.balance() != 1000 || ann.pending() != 1 {
		t.Error("a forged confirm was taken")
	}
}
