package e2e_test

import (
	"fmt"
	"path/filepath"
	"testing"
)

// returns waits until the gateway has connected once more, and answers.
func (h *house) returns(t *testing.T, name string, before int) {
	t.Helper()
	until(t, "the gateway connects again", func() bool { return connects(t, h.gateway) > before })
	p := h.enter(t, name)
	p.asks("balance", "You have 1 000 sat")
	p.Close()
}

func restarts(t *testing.T, h *house) {
	h.rich(t, "again-ann", 1000).Close()
	pid, n := h.gateway.PID(), connects(t, h.gateway)
	if err := h.XMPP.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.returns(t, "again-ann", n)
	if now := h.gateway.PID(); now != pid {
		t.Errorf("the gateway is process %d, was %d", now, pid)
	}
}

func killed(t *testing.T, h *house) {
	h.rich(t, "killed-ann", 1000).Close()
	pid, n := h.gateway.PID(), connects(t, h.gateway)
	if err := h.XMPP.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "the gateway has noticed", func() bool { return said(t, h.gateway, `msg="not connected"`) > 0 })
	if err := h.XMPP.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.returns(t, "killed-ann", n)
	if now := h.gateway.PID(); now != pid {
		t.Errorf("the gateway is process %d, was %d", now, pid)
	}
}

// frozenServer stops the server while there is something to say in both
// directions. Nothing of it is lost, for the connections stay.
func frozenServer(t *testing.T, h *house) {
	ann := h.rich(t, "frozen-ann", 1000)
	in := ann.address()
	still, before := h.alive(t), h.owed(t)
	if err := h.XMPP.Pause(); err != nil {
		t.Fatal(err)
	}
	defer h.XMPP.Resume()
	ann.sends("<message to='%s' id='f1' type='chat'><body>pay 10 donor</body></message>", ann.gateway)
	if _, err := h.Chain.Fund(t.Context(), in, 30_000); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Chain.Mine(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	until(t, "the deposit is booked", func() bool { return h.owed(t) == before+30_000_000 })
	if err := h.XMPP.Resume(); err != nil {
		t.Fatal(err)
	}
	ann.hears("Received 30 000 sat")
	ann.confirms(ann.code(ann.hears("To send it:").Body()))
	still()
}

// wrongSecret starts a gateway of its own that the server does not take. The
// right one is not disturbed.
func wrongSecret(t *testing.T, h *house) {
	still := h.alive(t)
	settings := map[string]string{"xmpp.secret": `"guess"`}
	if h.Database == "postgres" {
		dsn, err := h.Postgres.CreateDB(t.Context(), "wrong")
		if err != nil {
			t.Fatal(err)
		}
		settings["database.dsn"] = fmt.Sprintf("%q", dsn)
	} else {
		settings["database.file"] = fmt.Sprintf("%q", filepath.Join(h.Dir, "wrong.db"))
	}
	g, err := h.Another(settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Run(t.Context(), "db", "upgrade"); err != nil {
		t.Fatal(err)
	}
	if err := g.Launch(); err != nil {
		t.Fatal(err)
	}
	const complaint = "the server refuses the component's secret"
	until(t, "it has tried three times", func() bool {
		select {
		case <-g.Exited():
			t.Fatalf("it gave up: %v", g.Err())
		default:
		}
		return said(t, g, complaint) >= 3
	})
	for _, line := range lines(t, g, complaint) {
		if !contains(line, "level=ERROR", "domain="+h.XMPP.Component, "server="+h.XMPP.ComponentAddr, "again=") {
			t.Errorf("the log says %s", line)
		}
	}
	if said(t, g, "guess") > 0 {
		t.Error("the log has the secret")
	}
	h.member(t, "secret-ann").asks("balance", "You have 0 sat")
	if err := g.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := g.Err(); err != nil {
		t.Error(err)
	}
	still()
}
