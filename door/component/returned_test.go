package component_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
	"github.com/bitcoim/bitcoim/outbox"
)

// until asks until something is so.
func (d *desk) until(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		d.mu.Lock()
		ok := so()
		d.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s; returned %q, here %q", what, d.returned, d.here)
		case <-time.After(5 * time.Millisecond): // the server does not tell when it has sent all
		}
	}
}

// The sandbox's ejabberd has no mod_offline and keeps nothing for who is away:
// what is told to nobody comes back, and its user is known to be there at the
// next login. Prosody keeps it.
func TestANoticeThatNobodyKeepsComesBack(t *testing.T) {
	on(t, "ejabberd", func(t *testing.T, s *xmppserver.Server) {
		ann := dial(t, s, "ann")
		var k *desk
		d := enter(t, s, ann, func(_ *component.Config, own *desk) { k = own })
		dial(t, s, "bob").Close() // there is such a user, who is away
		n := outbox.Notice{ID: 7, User: "bob@example.org", Phrase: "test.echo", Args: map[string]any{"text": "you were paid"}}
		if err := d.c.Tell(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		k.until(t, "the notice came back", func() bool { return slices.Contains(k.returned, "bob@example.org 7") })
		if err := ann.SendRaw(`<message to='` + domain + `' id='notice-7' type='error'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`); err != nil {
			t.Fatal(err)
		}
		k.until(t, "ann's word is ann's", func() bool { return slices.Contains(k.returned, "ann@example.org 7") })
		if got := d.c.Stats().Bounced; got != 1 {
			t.Errorf("%d came back", got)
		}
		bob := dial(t, s, "bob")
		if err := bob.SendRaw(`<presence to='` + domain + `'/>`); err != nil {
			t.Fatal(err)
		}
		k.until(t, "bob is there", func() bool { return slices.Contains(k.here, "bob@example.org") })
		if err := d.c.Tell(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		if got := hears(t, bob, domain); got != "You said you were paid." {
			t.Errorf("bob hears %q", got)
		}
	})
}
