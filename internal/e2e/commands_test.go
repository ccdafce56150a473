package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

const commandSpace = "http://jabber.org/protocol/commands"

// command runs one step of a command (XEP-0050).
func (p *person) command(node, action, session, form string) (answer *xmppclient.Element, refused string) {
	p.t.Helper()
	if session != "" {
		session = " sessionid='" + session + "'"
	}
	return p.set(p.gateway, fmt.Sprintf("<command xmlns='%s' node='%s' action='%s'%s>%s</command>", commandSpace, node, action, session, form))
}

// submit is a filled form.
func submit(fields ...string) string {
	var b strings.Builder
	b.WriteString("<x xmlns='jabber:x:data' type='submit'>")
	for i := 0; i < len(fields); i += 2 {
		b.WriteString("<field var='" + fields[i] + "'><value>" + fields[i+1] + "</value></field>")
	}
	return b.String() + "</x>"
}

// value is what a field of a form holds.
func value(command *xmppclient.Element, name string) string {
	x := command.Child("x", "jabber:x:data")
	if x == nil {
		return ""
	}
	for _, f := range x.Children {
		if f.Attribute("var") == name {
			return f.ChildText("value")
		}
	}
	return ""
}

func note(command *xmppclient.Element) string { return plain(command.ChildText("note")) }

// answered fills in the second stage of a payment.
func answered(asked *xmppclient.Element, answer string) string {
	return submit("FORM_TYPE", value(asked, "FORM_TYPE"), "code", value(asked, "code"), "answer", answer)
}

func commands(t *testing.T, p, to *person) {
	list, _ := p.get(p.gateway, "<query xmlns='http://jabber.org/protocol/disco#items' node='"+commandSpace+"'/>")
	offered := map[string]bool{}
	for _, i := range list.Children {
		offered[i.Attribute("node")] = true
	}
	for _, name := range []string{"pay", "balance", "confirm", "address", "history", "help"} {
		if !offered[name] {
			t.Errorf("%s is not offered: %v", name, offered)
		}
	}
	if c, refused := p.command("balance", "execute", "", ""); c.Attribute("status") != "completed" || !strings.Contains(note(c), "You have 1 000 sat") {
		t.Errorf("balance: %s %s", c, refused)
	}

	form, refused := p.command("pay", "execute", "", "")
	session := form.Attribute("sessionid")
	if form.Attribute("status") != "executing" || session == "" || form.Child("x") == nil {
		t.Fatalf("pay: %s %s", form, refused)
	}
	if wrong, refused := p.command("pay", "next", session, submit("amount", "lots", "to", to.name)); wrong.Attribute("status") != "executing" || note(wrong) == "" || value(wrong, "to") != to.name {
		t.Errorf("pay lots: %s %s", wrong, refused)
	}
	filled := submit("amount", "10", "to", to.name, "memo", "by form")
	asked, refused := p.command("pay", "next", session, filled)
	code := value(asked, "code")
	if asked.Attribute("status") != "executing" || asked.Attribute("sessionid") != session || code == "" {
		t.Fatalf("pay 10: %s %s", asked, refused)
	}
	if again, _ := p.command("pay", "next", session, filled); value(again, "code") != code || p.pending() != 1 {
		t.Errorf("the form sent twice: %s", again)
	}
	for range 2 { // the second time is a client that did not hear the answer
		done, refused := p.command("pay", "complete", session, answered(asked, "confirm"))
		if done.Attribute("status") != "completed" || !strings.Contains(note(done), "Paid 10 sat") {
			t.Errorf("confirm: %s %s", done, refused)
		}
	}
	to.hears("sent you 10 sat", "“by form”")
	if got := to.balance(); got != 1010 {
		t.Errorf("%s has %d sat, want 1010", to.name, got)
	}

	form, _ = p.command("pay", "execute", "", "")
	asked, _ = p.command("pay", "next", form.Attribute("sessionid"), submit("amount", "20", "to", to.name))
	if c, refused := p.command("pay", "cancel", form.Attribute("sessionid"), answered(asked, "confirm")); c.Attribute("status") != "canceled" || p.pending() != 0 {
		t.Errorf("cancel: %s %s", c, refused)
	}
	for _, c := range []struct{ name, node, action, session, form, want string }{
		{"unknown command", "rob", "execute", "", "", "item-not-found"},
		{"unknown action", "pay", "steal", "", "", "bad-request"},
		{"session that is none", "pay", "next", "'1", "", "bad-request"},
		{"field twice", "pay", "next", form.Attribute("sessionid"), submit("amount", "1", "amount", "2", "to", to.name), "bad-request"},
	} {
		if answer, refused := p.command(c.node, c.action, strings.ReplaceAll(c.session, "'", "&apos;"), c.form); refused != c.want {
			t.Errorf("%s: %s %q, want %q", c.name, answer, refused, c.want)
		}
	}
	if got := p.balance(); got != 990 {
		t.Errorf("%s has %d sat, want 990", p.name, got)
	}
}
