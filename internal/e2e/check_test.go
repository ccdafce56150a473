package e2e_test

import (
	"strings"
	"testing"
)

// checked looks at the world from beside a gateway that runs: who speaks with
// the gateway notices nothing, for nobody else is sent what is said to it.
func checked(t *testing.T, h *house) {
	ann := h.rich(t, "check-ann", 1000)
	n, lost := connects(t, h.gateway), said(t, h.gateway, `msg="not connected"`)
	for range 3 {
		out, err := h.gateway.Run(t.Context(), "check")
		if err != nil || !strings.Contains(out, "the secret is not tried") {
			t.Fatalf("check says %s (%v)", out, err)
		}
		for range 10 {
			ann.asks("balance", "You have 1 000 sat")
		}
	}
	if connects(t, h.gateway) != n || said(t, h.gateway, `msg="not connected"`) != lost {
		t.Error("the gateway lost its connection")
	}
}

// comesBack tells somebody who is away behind a server that keeps nothing: it
// is told at the next login, and to nobody else.
func comesBack(t *testing.T, h *house) {
	const back = "a notice came back"
	ann, ben := h.rich(t, "away-ann", 1000), h.member(t, "away-ben")
	if err := ben.Close(); err != nil {
		t.Fatal(err)
	}
	ann.confirms(ann.orders("pay 10 away-ben while you were away"))
	until(t, "the notice is back", func() bool { return said(t, h.gateway, back) > 0 })
	ann.sends("<message to='%s' id='notice-1' type='error'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>", ann.gateway)
	ann.asks("balance", "You have 990 sat")
	h.enter(t, "away-ben").hears("away-ann sent you 10 sat", "“while you were away”")
}
