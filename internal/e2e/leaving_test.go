package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// answersAll stops the gateway with many questions on their way to it. Whatever the
// server had taken in is answered, or refused, by a gateway that leaves, or returned
// by the server after it left.
func answersAll(t *testing.T, h *house) {
	const people, each = 6, 60
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var asking []*person
	for i := range people {
		asking = append(asking, h.member(t, fmt.Sprintf("leaving-%d", i)))
	}
	exited := h.gateway.Exited()
	for _, p := range asking {
		p.settles()
		p.Inbox()
		var all strings.Builder
		for i := range each {
			if i%2 == 0 {
				fmt.Fprintf(&all, "<iq to='%s' id='q%d' type='get'><ping xmlns='urn:xmpp:ping'/></iq>", p.gateway, i)
			} else {
				fmt.Fprintf(&all, "<message to='%s' id='q%d' type='chat'><body>balance</body><thread>q%d</thread></message>", p.gateway, i, i)
			}
		}
		p.sends("%s", all.String())
	}
	for _, p := range asking { // the server has read all of it
		if _, err := p.IQ(ctx, h.XMPP.Domain, "get", "<ping xmlns='urn:xmpp:ping'/>"); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Kill(h.gateway.PID(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-exited
	if err := h.gateway.Err(); err != nil {
		t.Error(err)
	}
	refused := 0
	for _, p := range asking {
		// What is asked of nobody is returned, and comes after all that came before.
		if _, err := p.IQ(ctx, p.gateway, "get", "<ping xmlns='urn:xmpp:ping'/>"); err == nil {
			t.Errorf("%s is answered by a gateway that has ended", p.name)
		}
		open := map[string]bool{}
		for i := range each {
			open[fmt.Sprint("q", i)] = true
		}
		for _, s := range p.Inbox() {
			if s.Type() == "error" {
				refused++
			}
			delete(open, s.ID())                // an iq, or whatever was refused
			delete(open, s.ChildText("thread")) // a message
		}
		if len(open) > 0 {
			t.Errorf("%s was not answered %d times", p.name, len(open))
		}
	}
	t.Logf("of %d questions %d were refused", people*each, refused)
	if err := h.gateway.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}
