package e2e_test

import (
	"regexp"
	"testing"
	"time"
)

var againLater = regexp.MustCompile(`again=(\S+)`)

// conflict takes the gateway's place on a server that knows one connection
// only. The gateway comes back once, for it may have been somebody who tried
// the secret; after that it leaves the other alone for minutes.
func conflict(t *testing.T, h *house) {
	const complaint = "another connection serves this domain"
	n, complaints := connects(t, h.gateway), said(t, h.gateway, complaint)
	var waits []time.Duration
	for i := range 2 {
		rival := attach(t, h.XMPP.ComponentAddr, h.XMPP.Component, h.XMPP.Secret)
		before := connects(t, h.gateway)
		until(t, "the gateway notices", func() bool {
			// What the server says goodbye with can be lost with the connection,
			// when the gateway is writing just then: it comes back, and is put out again.
			if now := connects(t, h.gateway); now > before {
				before, n = now, n+1
				<-rival.ends
				rival = attach(t, h.XMPP.ComponentAddr, h.XMPP.Component, h.XMPP.Secret)
			}
			return said(t, h.gateway, complaint) == complaints+i+1
		})
		found := lines(t, h.gateway, complaint)
		wait, err := time.ParseDuration(againLater.FindStringSubmatch(found[len(found)-1])[1])
		if err != nil {
			t.Fatal(err)
		}
		waits = append(waits, wait)
		if i == 0 { // the rival does not fight
			<-rival.ends
			until(t, "the gateway connects again", func() bool { return connects(t, h.gateway) == n+1 })
			h.member(t, "rival-ann").asks("balance", "You have 0 sat")
		}
	}
	if waits[0] < 5*time.Second || waits[1] < 2*time.Minute {
		t.Errorf("put out once, it waits %v; twice, %v", waits[0], waits[1])
	}
	if now := connects(t, h.gateway); now != n+1 {
		t.Errorf("it connected %d times", now-n)
	}
	if err := h.gateway.Stop(); err != nil { // it need not wait to stop
		t.Fatal(err)
	}
	if err := h.gateway.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.member(t, "rival-ann").asks("balance", "You have 0 sat")
}
