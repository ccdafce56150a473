package wire_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// A server may send all it has before it reads again. Who waits for it to
// read, before reading on, waits for ever. The answers, some 20 MB, are more
// than the network holds.
func TestBurstOfAServerThatDoesNotRead(t *testing.T) {
	const burst = 50_000
	r := setup(t, quiet(), nil)
	release := r.server.Hold()
	defer release()

	var all bytes.Buffer
	for i := range burst {
		fmt.Fprintf(&all, "<message type='chat' from='%s' to='bob@%s' id='%0300d'><body>help</body></message>", alice, domain, i)
	}
	all.WriteString(ping("last"))
	sent := make(chan error, 1)
	go func() { sent <- r.server.Send(all.Bytes()) }()
	select {
	case err := <-sent:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatalf("stuck with %+v, %d bytes pending", r.conn.Stats(), r.conn.Pending())
	}
	if err := r.conn.Err(); err != nil {
		t.Fatal(err)
	}
	release()
	if got := len(r.until(t, "last")); got != burst+1 {
		t.Errorf("got %d answers, want %d", got, burst+1)
	}
	if got := r.conn.Stats().StanzasIn; got != burst+1 {
		t.Errorf("got %d stanzas", got)
	}
}
