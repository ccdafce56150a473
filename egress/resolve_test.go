package egress_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/egress"
)

// A name that was good a moment ago is looked at again.
func TestRebinding(t *testing.T) {
	good, cameGood := listener(t, "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(good)
	_, cameBad := listener(t, "127.0.0.2:"+port)
	n := &names{answers: map[string][][]string{"rebind.example.": {{"127.0.0.1"}, {"127.0.0.2"}}}}
	d := &egress.Dialer{Policy: allow(t, good), Resolver: n.resolver(t)}

	conn, err := d.DialContext(t.Context(), "tcp", "rebind.example:"+port)
	if err != nil {
		t.Fatalf("while it is good: %v", err)
	}
	conn.Close()
	if _, err := d.DialContext(t.Context(), "tcp", "rebind.example:"+port); !errors.Is(err, egress.ErrForbidden) {
		t.Errorf("when it has moved: got %v, want ErrForbidden", err)
	}
	if g, b := cameGood(), cameBad(); g != 1 || b != 0 {
		t.Errorf("%d came to the good place and %d to the other, want 1 and 0", g, b)
	}
}

// Of several addresses each is looked at: a bad one is not taken because a
// good one stands beside it.
func TestAnAnswerWithTwoFaces(t *testing.T) {
	good, cameGood := listener(t, "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(good)
	_, cameBad := listener(t, "127.0.0.2:"+port)
	n := &names{answers: map[string][][]string{"two.example.": {{"127.0.0.2", "127.0.0.1"}}}}
	d := &egress.Dialer{Policy: allow(t, good), Resolver: n.resolver(t)}
	conn, err := d.DialContext(t.Context(), "tcp", "two.example:"+port)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if g, b := cameGood(), cameBad(); g != 1 || b != 0 {
		t.Errorf("%d came to the good place and %d to the other, want 1 and 0", g, b)
	}
}

func TestANameThatIsListedIsNotLookedUp(t *testing.T) {
	at, came := listener(t, "127.0.0.1:0")
	n := &names{}
	d := &egress.Dialer{Policy: allow(t, "pay.example="+at), Resolver: n.resolver(t)}
	for _, host := range []string{"pay.example:443", "PAY.example.:443"} {
		conn, err := d.DialContext(t.Context(), "tcp", host)
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		conn.Close()
	}
	if _, err := d.DialContext(t.Context(), "tcp", "other.example:443"); err == nil {
		t.Error("a name that is not listed leads somewhere")
	}
	if got := came(); got != 2 {
		t.Errorf("%d came, want 2", got)
	}
}

// A server of names that never answers is not waited for longer than the
// context says, also behind the back of who asked.
func TestDialEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked, closed := make(chan struct{}, 100), make(chan struct{}, 100)
	d := &egress.Dialer{Timeout: time.Hour, Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		ours, theirs := net.Pipe()
		go func() {
			_, _ = theirs.Read(make([]byte, 1500))
			asked <- struct{}{}
			_, _ = io.Copy(io.Discard, theirs) // until it is closed
			closed <- struct{}{}
		}()
		return patient{ours}, nil
	}}}
	failed := make(chan error, 1)
	go func() {
		_, err := d.DialContext(ctx, "tcp", "slow.example:443")
		failed <- err
	}()
	<-asked
	cancel()
	if err := <-failed; err == nil {
		t.Error("dialled after the end")
	}
	select { // or a goroutine is left
	case <-closed:
	case <-time.After(time.Minute):
		t.Error("a question that nobody waits for is still asked")
	}
}

// patient never times out.
type patient struct{ net.Conn }

func (patient) SetDeadline(time.Time) error { return nil }
