package component_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/outbox"
)

func TestTell(t *testing.T) {
	d := open(t)
	d.hearsNothing() // by then it is connected
	n := outbox.Notice{ID: 7, User: "bob@example.org", From: "bc1qann", Phrase: "test.paid",
		Args: map[string]any{"amount": int64(1000)}, Edits: 6, Next: []string{"help"}, Balance: true}
	if err := d.c.Tell(context.Background(), n); err != nil {
		t.Fatal(err)
	}
	e := d.hears()
	if got := d.body(e); got != "Paid 1\u00a0sat.\nhelp" {
		t.Errorf("body %q", got)
	}
	for name, tt := range map[string]struct{ got, want string }{
		"id":        {e.Value("id"), "notice-7"},
		"from":      {e.Value("from"), "bc1qann@" + domain},
		"to":        {e.Value("to"), "bob@example.org"},
		"origin-id": {e.Child("urn:xmpp:sid:0", "origin-id").Value("id"), "notice-7"},
		"replaces":  {e.Child("urn:xmpp:message-correct:0", "replace").Value("id"), "notice-6"},
		"button":    {e.Child("urn:xmpp:tmp:quick-response", "response").Value("value"), "help"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s %q, want %q", name, tt.got, tt.want)
		}
	}
	if e.Child("urn:xmpp:receipts", "request") == nil || e.Child("urn:xmpp:hints", "store") == nil {
		t.Errorf("no receipt asked or not to be stored: %s", text(e))
	}
	if got := seen(d.hears()); got != "> bob@example.org Hi bob." {
		t.Errorf("balance %q", got)
	}
}

func TestTellWhileAway(t *testing.T) {
	d := open(t)
	d.stop()
	err := d.c.Tell(context.Background(), outbox.Notice{ID: 7, User: "bob@example.org", Phrase: "test.paid"})
	if !errors.Is(err, component.ErrAway) {
		t.Errorf("got %v", err)
	}
}
