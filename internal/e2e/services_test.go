package e2e_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/png"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// get asks a question and returns the payload of the answer; refused is the
// condition of the error instead.
func (p *person) get(to, payload string) (answer *xmppclient.Element, refused string) {
	return p.iq(to, "get", payload)
}

func (p *person) set(to, payload string) (answer *xmppclient.Element, refused string) {
	return p.iq(to, "set", payload)
}

func (p *person) iq(to, kind, payload string) (*xmppclient.Element, string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	e, err := p.IQ(ctx, to, kind, payload)
	if refused, ok := errors.AsType[*xmppclient.IQError](err); ok {
		return &xmppclient.Element{}, refused.Condition()
	}
	if err != nil {
		p.t.Fatalf("%s to %s: %v", payload, to, err)
	}
	if len(e.Children) == 0 {
		return &xmppclient.Element{}, ""
	}
	return e.Children[0], ""
}

// services asks for all that clients look for, as they do.
func services(t *testing.T, h *house) {
	ann, ben := h.enter(t, "serve-ann"), h.rich(t, "serve-ben", 1000)
	registration(t, ann)
	roster(t, ann)
	h.pays(t, ann, 1000)
	disco(t, ann)
	pictures(t, ann)
	small(t, ann)
	prompt(t, ann)
	commands(t, ann, ben)
	receipts(ann)
	leaving(t, ann)
}

const registerSpace = "<query xmlns='jabber:iq:register'>"

// registration is XEP-0077, by the form and by the field of older clients.
func registration(t *testing.T, p *person) {
	form, refused := p.get(p.gateway, "<query xmlns='jabber:iq:register'/>")
	if refused != "" || form.Child("registered") != nil || form.Child("username") == nil || form.Child("instructions") == nil || form.Child("x", "jabber:x:data") == nil {
		t.Fatalf("the form is %s, %s", form, refused)
	}
	for name, want := range map[string]string{"9 lives": "not-acceptable", "": "not-acceptable", "serve-ben": "conflict"} {
		if _, refused := p.set(p.gateway, registerSpace+"<username>"+name+"</username></query>"); refused != want {
			t.Errorf("register %q: got %q, want %q", name, refused, want)
		}
	}
	filled := "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>jabber:iq:register</value></field><field var='username'><value>serve-ann</value></field></x></query>"
	if _, refused := p.set(p.gateway, registerSpace+filled); refused != "" {
		t.Fatalf("register by form: %s", refused)
	}
	if form, _ = p.get(p.gateway, "<query xmlns='jabber:iq:register'/>"); form.Child("registered") == nil || form.ChildText("username") != "serve-ann" {
		t.Errorf("after that the form is %s", form)
	}
	if _, refused := p.set(p.gateway, registerSpace+"<username>serve-anna</username></query>"); refused != "" {
		t.Errorf("another name by the old field: %s", refused)
	}
	if _, refused := p.set(p.gateway, registerSpace+"<username>serve-ann</username></query>"); refused != "" {
		t.Errorf("the name back: %s", refused)
	}
}

// roster has the gateway and the address, which asked to be there and are
// seen with a status, their abilities and a picture.
func roster(t *testing.T, p *person) {
	contacts := []string{p.gateway, p.address() + "@" + p.gateway}
	for _, jid := range contacts {
		s := p.awaits("a presence of "+jid, func(s xmppclient.Stanza) bool {
			return s.Kind() == "presence" && s.From() == jid && s.Type() == "" && s.ChildText("status") != ""
		})
		c := s.Child("c", "http://jabber.org/protocol/caps")
		if c == nil {
			t.Fatalf("%s has no caps: %s", jid, s)
		}
		node := c.Attribute("node") + "#" + c.Attribute("ver")
		if info, refused := p.get(jid, "<query xmlns='http://jabber.org/protocol/disco#info' node='"+node+"'/>"); refused != "" || info.Attribute("node") != node {
			t.Errorf("%s: disco of its caps: %s %s", jid, info, refused)
		}
	}
	until(t, "the contacts are in the roster", func() bool {
		items, err := p.Roster(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, i := range items {
			for _, jid := range contacts {
				if i.Attribute("jid") == jid && i.Attribute("subscription") != "none" {
					found++
				}
			}
		}
		return found == len(contacts)
	})
}

func disco(t *testing.T, p *person) {
	const info, items = "http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items"
	contact := p.address() + "@" + p.gateway
	for _, c := range []struct{ to, node, identity, feature, refused string }{
		{p.gateway, "", "gateway/bitcoin", "http://jabber.org/protocol/commands", ""},
		{p.gateway, "", "gateway/bitcoin", "jabber:iq:register", ""},
		{p.gateway, "", "gateway/bitcoin", "jabber:iq:gateway", ""},
		{p.gateway, "", "gateway/bitcoin", "vcard-temp", ""},
		{p.gateway, "", "gateway/bitcoin", "urn:xmpp:ping", ""},
		{p.gateway, "http://jabber.org/protocol/commands", "automation/command-list", items, ""},
		{p.gateway, "pay", "automation/command-node", "jabber:x:data", ""},
		{contact, "", "hierarchy/branch", "vcard-temp", ""},
		{"serve-ben@" + p.gateway, "", "account/registered", "urn:xmpp:ping", ""},
		{p.gateway, "nowhere", "", "", "item-not-found"},
		{p.gateway, "users", "", "", "forbidden"},
		{"nobody-here@" + p.gateway, "", "", "", "item-not-found"},
		{`serve-ben\40localhost@` + p.gateway, "", "", "", "item-not-found"},
	} {
		q, refused := p.get(c.to, "<query xmlns='"+info+"' node='"+c.node+"'/>")
		identities, features := map[string]bool{}, map[string]bool{}
		for _, e := range q.Children {
			switch e.XMLName.Local {
			case "identity":
				identities[e.Attribute("category")+"/"+e.Attribute("type")] = true
			case "feature":
				features[e.Attribute("var")] = true
			}
		}
		if refused != c.refused || c.refused == "" && (!identities[c.identity] || !features[c.feature]) {
			t.Errorf("%s %q is %v with %v (%s), want %s with %s (%s)", c.to, c.node, identities, features, refused, c.identity, c.feature, c.refused)
		}
	}
	q, _ := p.get(p.gateway, "<query xmlns='"+items+"'/>")
	if len(q.Children) != 1 || q.Children[0].Attribute("node") != "addresses" {
		t.Errorf("the gateway holds %s", q)
	} else if mine, _ := p.get(q.Children[0].Attribute("jid"), "<query xmlns='"+items+"' node='addresses'/>"); len(mine.Children) != 1 || mine.Children[0].Attribute("jid") != contact {
		t.Errorf("the addresses are %s", mine)
	}
	if _, refused := p.get("serve-ben@"+p.gateway, "<query xmlns='"+items+"' node='addresses'/>"); refused != "forbidden" {
		t.Errorf("the addresses of somebody else: %q", refused)
	}
}

func pictures(t *testing.T, p *person) {
	card, _ := p.get(p.gateway, "<vCard xmlns='vcard-temp'/>")
	if card.ChildText("FN") != "Bitcoin wallet" || card.ChildText("DESC") == "" {
		t.Errorf("the gateway's card is %s", card)
	}
	addr := p.address()
	contact := addr + "@" + p.gateway
	if card, _ = p.get(contact, "<vCard xmlns='vcard-temp'/>"); card.ChildText("FN") != addr || card.Child("PHOTO") == nil {
		t.Fatalf("the address's card is %s", card)
	}
	photo, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(card.Child("PHOTO").ChildText("BINVAL")), ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(photo)); err != nil {
		t.Errorf("the picture: %v", err)
	}
	meta, refused := p.get(contact, "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:metadata'/></pubsub>")
	if !strings.Contains(meta.String(), "image/png") {
		t.Errorf("the avatar is %s %s", meta, refused)
	}
	p.sends("<message to='%s' type='chat' id='qr-1'><body>address</body></message>", p.gateway)
	data := p.hears("This is your address").Child("data", "urn:xmpp:bob")
	if data == nil {
		t.Fatal("no picture in the answer")
	}
	again, refused := p.get(p.gateway, "<data xmlns='urn:xmpp:bob' cid='"+data.Attribute("cid")+"'/>")
	if refused != "" || again.Text != data.Text {
		t.Errorf("the picture of the answer: %s", refused)
	}
	if _, refused := p.get(p.gateway, "<data xmlns='urn:xmpp:bob' cid='sha1+00@bob.xmpp.org'/>"); refused != "item-not-found" {
		t.Errorf("a picture that is none: %q", refused)
	}
	if card, _ = p.get("serve-ben@"+p.gateway, "<vCard xmlns='vcard-temp'/>"); card.ChildText("NICKNAME") != "serve-ben" || strings.Contains(card.String(), "localhost") {
		t.Errorf("a neighbour's card is %s", card)
	}
}

// small are the questions of one element. Nobody at all must look the same
// whatever is asked.
func small(t *testing.T, p *person) {
	for payload, want := range map[string]string{
		"<query xmlns='jabber:iq:version'/>": "version",
		"<query xmlns='jabber:iq:last'/>":    "seconds",
		"<time xmlns='urn:xmpp:time'/>":      "utc",
	} {
		if answer, refused := p.get(p.gateway, payload); !strings.Contains(answer.String(), want) {
			t.Errorf("%s: %s %s", payload, answer, refused)
		}
		if _, refused := p.get("nobody-here@"+p.gateway, payload); refused != "item-not-found" {
			t.Errorf("%s of nobody: %q", payload, refused)
		}
	}
	for _, kind := range []string{"get", "set"} {
		if _, refused := p.iq(p.gateway, kind, "<query xmlns='urn:unknown'/>"); refused != "service-unavailable" {
			t.Errorf("%s of the unknown: %q", kind, refused)
		}
	}
}

// prompt is jabber:iq:gateway (XEP-0100): what was typed becomes a JID.
func prompt(t *testing.T, p *person) {
	q, _ := p.get(p.gateway, "<query xmlns='jabber:iq:gateway'/>")
	if q.ChildText("desc") == "" || q.Child("prompt") == nil {
		t.Errorf("the prompt is %s", q)
	}
	const legacy = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"
	native := stranger(t)
	for typed, want := range map[string]string{
		"serve-ben": "serve-ben", "SERVE-BEN": "serve-ben", native: native, "bitcoin:" + native + "?amount=1": native,
		legacy: address.EncodeJID(legacy), "nobody-here": "", "": "", "serve-ben@localhost": "", native[:20]: "",
	} {
		q, refused := p.set(p.gateway, "<query xmlns='jabber:iq:gateway'><prompt>"+typed+"</prompt></query>")
		switch {
		case want == "" && refused != "item-not-found":
			t.Errorf("%q is %s %s", typed, q, refused)
		case want != "" && q.ChildText("jid") != want+"@"+p.gateway:
			t.Errorf("%q is %s %s, want %s", typed, q, refused, want)
		}
	}
}

// receipts are XEP-0184.
func receipts(p *person) {
	p.sends("<message to='%s' type='chat' id='rec-1'><body>balance</body><request xmlns='urn:xmpp:receipts'/></message>", p.gateway)
	p.awaits("a receipt", func(s xmppclient.Stanza) bool {
		r := s.Child("received", "urn:xmpp:receipts")
		return r != nil && r.Attribute("id") == "rec-1"
	})
	p.hears("You have")
}

// leaving is <remove/>: the contacts leave the roster.
func leaving(t *testing.T, p *person) {
	if _, refused := p.set(p.gateway, registerSpace+"<remove/></query>"); refused != "" {
		t.Fatalf("remove: %s", refused)
	}
	if _, refused := p.set(p.gateway, registerSpace+"<remove/></query>"); refused != "registration-required" {
		t.Errorf("remove again: %q", refused)
	}
	p.awaits("the gateway's leaving", func(s xmppclient.Stanza) bool {
		return s.Kind() == "presence" && s.Type() == "unsubscribe" && s.From() == p.gateway
	})
	p.asks("balance", "no account here")
	p.asks("register serve-ann", "Welcome")
}
