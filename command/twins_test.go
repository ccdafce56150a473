package command_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// said is the phrase of a fault, "" for none.
func said(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Phrase
}

// Two instances get the same stanza, and one runs out of patience: the other
// goes on with it, so nobody says that nothing was done.
func TestAStanzaWhoseTwinIsUnderWayIsNotSaidToBeUndone(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	w := newTowns(t, all, node(t))
	w.enrol("ann", "bob")
	w.pays("ann", 100_000, 6)
	two := copied(w.desk)
	two.DB = all[1]
	code := w.order("ann", "", "pay 500 bob")
	free := holds(t, all[0], `UPDATE payment_order SET due = due WHERE code = $1`, code)
	r := command.Request{User: jid("ann"), Text: "confirm " + code, ID: "twin"}
	one := copied(w.desk)
	one.Patience = time.Second
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := one.Ask(context.Background(), r); first <- err }()
	waits(t, all[0], 1)
	go func() { _, err := two.Ask(context.Background(), r); second <- err }()
	heard := said(<-first)
	free()
	if err := <-second; err != nil || w.money("bob") != 500*amount.Sat {
		t.Errorf("the twin: %v, bob has %d msat", err, w.money("bob"))
	}
	if heard != "command.outcome-unknown" {
		t.Errorf("who gave up heard %q", heard)
	}
}

// The answer to a COMMIT is lost while the server is still at it. Whoever is
// told that it was done finds it so, and that nothing was done is not said.
func TestACommitThatIsUnderWayIsWaitedFor(t *testing.T) {
	c := dbtest.Empty(t, db.Postgres)
	straight := dbtest.Open(t, c)
	if err := straight.Upgrade(context.Background(), false, func(db.Step) {}); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(c.DSN)
	if err != nil {
		t.Fatal(err)
	}
	cut := breaksOff(t, u.Host)
	u.Host = cut.addr
	c.DSN = u.String()
	through := dbtest.Open(t, c)
	w := newTowns(t, []*db.DB{straight, through}, node(t))
	w.enrol("ann", "bob")
	w.pays("ann", 100_000, 6)
	w.write(func(tx *db.Tx) error { // a COMMIT that takes as long as a test holds a lock
		for _, q := range []string{
			`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$`,
			`CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON transfer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.step = 'pay') EXECUTE FUNCTION slow()`,
		} {
			if _, err := tx.ExecContext(context.Background(), q); err != nil {
				return err
			}
		}
		return nil
	})
	for name, tt := range map[string]struct {
		patience time.Duration
		want     string
	}{"who waits hears that it is done": {0, ""}, "who can not wait hears that nobody knows": {time.Second, "command.outcome-unknown"}} {
		code, had := w.order("ann", "", "pay 500 bob"), w.money("bob")
		free := holds(t, straight, `SELECT pg_advisory_xact_lock(7)`)
		broken := copied(w.desk)
		broken.DB, broken.Patience = through, tt.patience
		cut.armed.Store(true)
		heard := make(chan error, 1)
		go func() {
			_, err := broken.Ask(context.Background(), command.Request{User: jid("ann"), Text: "confirm " + code, ID: name})
			heard <- err
		}()
		var err error
		if tt.patience > 0 {
			err = <-heard
			free()
		} else {
			waits(t, straight, 2) // the COMMIT, and who wants to know of it
			free()
			err = <-heard
		}
		if got := said(err); got != tt.want {
			t.Errorf("%s: heard %q", name, got)
		}
		for w.money("bob") == had {
			time.Sleep(time.Millisecond) // the server is at it
		}
	}
	w.balanced()
}

// breaker is a proxy that breaks a client off as soon as its COMMIT is with the
// server, which goes on with it.
type breaker struct {
	addr  string
	armed atomic.Bool
	left  chan net.Conn // the server's sides of what was broken off
}

func breaksOff(t *testing.T, server string) *breaker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &breaker{addr: l.Addr().String(), left: make(chan net.Conn, 9)}
	t.Cleanup(func() {
		_ = l.Close()
		for len(b.left) > 0 {
			_ = (<-b.left).Close()
		}
	})
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server)
			if err != nil {
				_ = client.Close()
				continue
			}
			go func() { _, _ = io.Copy(client, to); _ = client.Close() }()
			go b.forward(client, to)
		}
	}()
	return b
}

func (b *breaker) forward(client, to net.Conn) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			_ = to.Close()
			return
		}
		commit := bytes.Contains(buffer[:n], []byte("COMMIT")) && b.armed.CompareAndSwap(true, false)
		_, _ = to.Write(buffer[:n])
		if commit {
			b.left <- to
			_ = client.Close()
			return
		}
	}
}

func TestOneStanzaAtTwoInstancesHasOneEffect(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	w := newTowns(t, all, node(t))
	w.enrol("ann", "bob")
	w.pays("ann", 100_000, 6)
	two := copied(w.desk)
	two.DB = all[1]
	eight := func(text, id string) {
		var done sync.WaitGroup
		for n := range 8 {
			desk := []*command.Desk{w.desk, two}[n%2]
			done.Go(func() {
				_, _ = desk.Ask(context.Background(), command.Request{User: jid("ann"), Text: text, ID: id})
			})
		}
		done.Wait()
	}
	for i := range 10 {
		eight("pay 7 bob", fmt.Sprint("s", i))
		if n := w.orders(); n != i+1 {
			t.Fatalf("%d orders of %d stanzas", n, i+1)
		}
		open, err := paymentorder.Waiting(t.Context(), all[0].Read(), w.user("ann").ID, w.now.Unix())
		if err != nil || len(open) != 1 {
			t.Fatal(open, err)
		}
		eight("confirm "+open[0].Code, fmt.Sprint("c", i))
	}
	if got := w.money("bob"); got != 70*amount.Sat {
		t.Errorf("bob has %d", got)
	}
	w.balanced()
}
