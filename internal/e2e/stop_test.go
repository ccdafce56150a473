package e2e_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// leaves is the presence of a gateway that has stopped.
func leaves(p *person) func(xmppclient.Stanza) bool {
	return func(s xmppclient.Stanza) bool {
		bare, _, _ := strings.Cut(s.From(), "/")
		return s.Kind() == "presence" && s.Type() == "unavailable" && strings.HasSuffix(bare, p.gateway)
	}
}

// stops ends the gateway while it is at a command: that is answered first, all
// contacts leave, and what is still to be told is told by the next one.
func stops(t *testing.T, h *house) {
	ann, ben, cat := h.rich(t, "stop-ann", 1000), h.rich(t, "stop-ben", 1000), h.member(t, "stop-cat")
	contact := ann.address() + "@" + ann.gateway
	code := ben.orders("pay 10 stop-cat notices are not lost")
	for _, p := range []*person{ann, ben, cat} {
		p.settles()
		p.Inbox()
	}
	thaw, err := h.FreezeWallet()
	if err != nil {
		t.Fatal(err)
	}
	defer thaw()
	ann.sends("%s", ann.chat("slow-1", "address new", ""))
	ann.awaits("a sign that the gateway is at it", func(s xmppclient.Stanza) bool {
		return s.Child("composing") != nil && s.From() == ann.gateway
	})
	ben.confirms(code)
	if err := syscall.Kill(h.gateway.PID(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := thaw(); err != nil {
		t.Fatal(err)
	}
	ann.hears("Your new address")
	for _, p := range []*person{ann, ben, cat} {
		p.awaits("the gateway's leaving", func(s xmppclient.Stanza) bool { return leaves(p)(s) && s.From() == p.gateway })
	}
	ann.awaits("the address's leaving", func(s xmppclient.Stanza) bool { return leaves(ann)(s) && s.From() == contact })
	<-h.gateway.Exited()
	if err := h.gateway.Err(); err != nil {
		t.Error(err)
	}
	if err := h.gateway.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	cat.hears("stop-ben sent you 10 sat", "“notices are not lost”")
	for _, p := range []*person{ann, ben, cat} {
		p.awaits("the gateway's return", func(s xmppclient.Stanza) bool {
			return s.Kind() == "presence" && s.Type() == "" && s.From() == p.gateway
		})
	}
}
