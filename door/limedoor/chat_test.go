package limedoor_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lime"
)

// notified waits for what became of a message.
func (b *bot) notified(id string, e lime.Event) *lime.Notification {
	b.t.Helper()
	return b.next(string(e)+" "+id, func(got lime.Envelope) bool {
		n, is := got.(*lime.Notification)
		return is && n.ID == id && n.Event == e
	}).(*lime.Notification)
}

// answer waits for the text that answers a message.
func (b *bot) answer(id string) (string, *lime.Message) {
	b.t.Helper()
	m := b.next("an answer to "+id, func(e lime.Envelope) bool {
		m, is := e.(*lime.Message)
		return is && m.Metadata[limedoor.InReplyTo] == id && m.Content.MediaType() == lime.TextPlain
	}).(*lime.Message)
	text, err := lime.As[lime.Text](m.Content)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\u00a0", " "), m
}

func TestTextIsWhatOneSaysInChat(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("ann", w.link("ann", "budget 5000/day"))
		if _, err := b.do(lime.Set, "/receipt", lime.Receipt{Events: []lime.Event{lime.Accepted, lime.Received, lime.Consumed}}); err != nil {
			t.Fatal(err)
		}
		for name, tt := range map[string]struct {
			to, text string
			from     string
			says     string
		}{
			"the gateway":          {"", "balance", "postmaster", "100 000 sat"},
			"the gateway by name":  {"postmaster@" + gateway, "balance", "postmaster", "100 000 sat"},
			"its domain":           {gateway, "balance", "postmaster", "100 000 sat"},
			"a neighbour":          {"bob@" + gateway, "pay 100", "bob", "to *bob*"},
			"oneself":              {"ann@" + gateway, "balance", "ann", "100 000 sat"},
			"what nobody is":       {"", "frobnicate", "postmaster", "do not know"},
			"what is not for bots": {"", "set unit btc", "postmaster", ""},
			"nothing":              {"", " ", "postmaster", "help"},
			"too much":             {"", strings.Repeat("x", 10_000), "postmaster", "8"},
		} {
			t.Run(name, func(t *testing.T) {
				id := "text of " + name
				b.write(tt.to, id, lime.Text(tt.text))
				for _, e := range []lime.Event{lime.Accepted, lime.Received} {
					b.notified(id, e)
				}
				text, m := b.answer(id)
				if !strings.Contains(text, tt.says) || m.From.Name != tt.from || m.From.Domain != gateway || m.To.Name != "ann" {
					t.Errorf("got %q from %s to %s", text, m.From, m.To)
				}
				b.notified(id, lime.Consumed)
			})
		}
	})
}

func TestMessagesThatCannotBeHandled(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("ann", w.link("ann", "budget 5000/day"))
		for name, tt := range map[string]struct {
			to      string
			content lime.Document
			code    lime.Code
		}{
			"to nobody":               {"carol@" + gateway, lime.Text("balance"), lime.DestinationNotFound},
			"to another domain":       {"carol@example.com", lime.Text("balance"), lime.GatewayNotFound},
			"a picture":               {"", lime.MediaLink{URI: "https://example.com/cat.png"}, lime.UnsupportedContent},
			"a type of nobody":        {"", resource("application/vnd.other+json", `{"a":1}`), lime.UnsupportedContent},
			"an invoice in dollars":   {"", lime.Invoice{Currency: "USD", Total: "1"}, lime.GatewayNotSupported},
			"an invoice in nothing":   {"", lime.Invoice{Total: "1"}, lime.GatewayNotSupported},
			"an invoice of nothing":   {"", lime.Invoice{Currency: "SAT"}, lime.InvalidArgument},
			"an invoice for too much": {"", lime.Invoice{Currency: "BTC", Total: "20"}, limedoor.CodeLimit},
		} {
			t.Run(name, func(t *testing.T) {
				b.write(tt.to, name, tt.content)
				if got := b.notified(name, lime.Failed).Reason; got == nil || got.Code != tt.code || got.Description == "" {
					t.Errorf("got %v, want %d", got, tt.code)
				}
			})
		}
		b.write("", "state", lime.ChatState{State: "composing"}) // is nothing to answer
		b.write("", "good", lime.Text("balance"))
		b.answer("good")
	})
}

// What is sent again is not done again: with an id that comes once in all time
// for good, with a short one until it logs in again.
func TestATextThatComesTwice(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("ann", w.link("ann", "budget 5000/day"))
		for _, id := range []string{"0e3c1f30-1111-4222-8333-444455556666", "7"} {
			b.write("", id, lime.Text("pay 10 bob"))
			first, _ := b.answer(id)
			b.write("", id, lime.Text("pay 10 bob"))
			if again, _ := b.answer(id); again != first {
				t.Errorf("%s: got %q, and then %q", id, first, again)
			}
		}
		if got := must[lime.Collection](b, lime.Get, "/orders", nil); got.Total != 2 {
			t.Errorf("got %d orders", got.Total)
		}
	})
}

func TestButtonsAreForWhoShowsThem(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.enrol("ann", "bob")
	b := w.bot("ann", w.link("ann", "budget 5000/day"))
	if _, err := b.do(lime.Merge, "/capability", lime.Capability{ContentTypes: []lime.MediaType{lime.TypeSelect}}); err != nil {
		t.Fatal(err)
	}
	b.write("", "m1", lime.Text("pay 10 bob"))
	m := heard(b, func(s lime.Select) bool { return len(s.Options) == 2 })
	s, err := lime.As[lime.Select](m.Content)
	if err != nil || m.Metadata[limedoor.InReplyTo] != "m1" || s.Options[0].Text != "Confirm" || s.Text == "" {
		t.Fatalf("got %+v, %v", s, err)
	}
	text, err := lime.As[lime.Text](s.Options[0].Value)
	if err != nil || !strings.HasPrefix(string(text), "confirm ") {
		t.Fatalf("got %q, %v", text, err)
	}
	b.write("", "m2", text) // a button is pressed: its value is a message
	if got, _ := b.answer("m2"); !strings.Contains(got, "10 sat") {
		t.Errorf("got %q", got)
	}
}

func TestGuestsMayAskForHelp(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	g := w.guest()
	for text, says := range map[string]string{"help": "pay", "about": "bitcoim", "register mallory": "Guests", "balance": "Guests", "": "Guests"} {
		id := "guest says " + text
		g.write("", id, lime.Text(text))
		if got, _ := g.answer(id); !strings.Contains(got, says) {
			t.Errorf("%q: got %q", text, got)
		}
	}
	g.write("", "bill", lime.Invoice{Currency: "SAT", Total: "5"})
	if got := g.notified("bill", lime.Failed).Reason.Code; got != lime.Authorization {
		t.Errorf("an invoice of a guest: %d", got)
	}
}

// Nobody chats for another, whatever was delegated: a line can do everything.
func TestNobodyChatsForAnother(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.enrol("ann", "bob")
	me := w.person("ann")
	if _, err := me.do(lime.Set, "/delegations", lime.Delegation{Target: lime.Identity{Name: "bob", Domain: gateway},
		EnvelopeTypes: []string{"message", "command"}}); err != nil {
		t.Fatal(err)
	}
	b := w.bot("bob", w.link("bob", "budget 5000/day"))
	m := &lime.Message{Header: lime.Header{ID: "m1", From: lime.Node{Identity: lime.Identity{Name: "ann", Domain: gateway}}}, Content: lime.Text("pay 100 bob")}
	if err := b.Send(soon(t), m); err != nil {
		t.Fatal(err)
	}
	if got := b.notified("m1", lime.Failed).Reason.Code; got != lime.PermissionRequired {
		t.Errorf("got %d", got)
	}
}
