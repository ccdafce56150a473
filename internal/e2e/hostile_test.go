package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/internal/xep0114"
)

// villain is an ordinary user who sends what no client would.
type villain struct {
	*xmppclient.Client
	house    *house
	resource string
}

// ready is online with the resource, anew if the server put it out.
func (v *villain) ready(ctx context.Context, resource string) error {
	if v.Client != nil {
		select {
		case <-v.Ended():
		default:
			if v.resource == resource {
				return nil
			}
		}
		_ = v.Close()
	}
	c, err := v.house.XMPP.Dial(ctx, "mallory", resource)
	if err != nil {
		return err
	}
	v.Client, v.resource = c, resource
	return nil
}

// strike sends a stanza and waits until it is past the server: the gateway
// answers what came after it, or the server has ended the villain's stream. The
// blanks help the stanza through the server's parser, in which a long tag
// waits; the villain would only be waiting for himself.
func (v *villain) strike(ctx context.Context, xml string) error {
	// A server may close before it has read all; then it took nothing.
	if v.SendRaw(xml+strings.Repeat(" ", len(xml))) != nil {
		<-v.Ended()
		return nil
	}
	_, err := v.IQ(ctx, v.house.XMPP.Component, "get", "<ping xmlns='urn:xmpp:ping'/>")
	if err == nil {
		return nil
	}
	select {
	case <-v.Ended():
		return nil
	default:
		return err
	}
}

func hostile(t *testing.T, h *house) {
	h.rich(t, "mallory", 1000).Close()
	bob := h.rich(t, "hostile-bob", 1000)
	before, still := h.owed(t), h.alive(t)
	v := &villain{house: h}
	defer func() {
		if v.Client != nil {
			_ = v.Close()
		}
	}()
	passed := 0
	for i, s := range xep0114.Hostile {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		if err := v.ready(ctx, s.Resource); err != nil {
			t.Logf("%s: the server does not let it in: %v", s.Name, err)
			cancel()
			v.Client = nil
			continue
		}
		if err := v.strike(ctx, s.For(h.XMPP.Component, fmt.Sprintf("evil-%d", i))); err != nil {
			t.Fatalf("%s: the villain is not answered any more: %v", s.Name, err)
		}
		select {
		case <-v.Ended():
		default:
			passed++
			v.Inbox()
		}
		if _, err := bob.IQ(ctx, bob.gateway, "get", "<ping xmlns='urn:xmpp:ping'/>"); err != nil {
			t.Fatalf("%s: nobody is answered any more: %v", s.Name, err)
		}
		cancel()
	}
	t.Logf("%d hostile stanzas, %d of them passed the server", len(xep0114.Hostile), passed)
	still()
	if bob.balance() != 1000 || h.enter(t, "mallory").balance() != 1000 {
		t.Error("money moved")
	}
	if after := h.owed(t); after != before {
		t.Errorf("owed are %d msat, were %d", after, before)
	}
}

// strangeContact subscribes to a name that servers take and stricter profiles
// do not. A server asks again at each login, as long as nobody answers.
func strangeContact(t *testing.T, h *house) {
	still := h.alive(t)
	eve := h.member(t, "eve")
	eve.sends("<presence type='subscribe' to='€@%s'/>", eve.gateway)
	eve.settles()
	for range 3 {
		if err := eve.Close(); err != nil {
			t.Fatal(err)
		}
		eve = h.enter(t, "eve")
		eve.settles()
		eve.asks("balance", "You have 0 sat")
	}
	still()
}
