package limeserver_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// hand makes a session by hand, which answers nothing by itself; time in it is
// that of a synctest bubble.
type hand struct {
	t      *testing.T
	pipe   lime.Transport
	server sync.WaitGroup
	why    error
}

func byHand(t *testing.T, s *limetest.Server) *hand {
	client, server := lime.Pipe()
	h := &hand{t: t, pipe: client}
	h.server.Go(func() { h.why = s.Accept(context.Background(), server) })
	h.write(`{"state":"new"}`)
	id := h.read().(*lime.Session).ID
	h.write(login(id))
	if e := h.read().(*lime.Session); e.State != lime.StateEstablished {
		t.Fatalf("got %+v", e)
	}
	return h
}

func (h *hand) write(text string) {
	h.t.Helper()
	if err := h.pipe.Send(context.Background(), [][]byte{[]byte(text)}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hand) read() lime.Envelope {
	h.t.Helper()
	b, err := h.pipe.Receive()
	if err != nil {
		h.t.Fatal(err)
	}
	e, err := lime.Decode(b)
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

func TestASilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limetest.New()
		h := byHand(t, s)
		began := time.Now()
		p := h.read().(*lime.Command)
		if p.URI != lime.PingURI || p.ID == "" || !p.To.IsZero() || time.Since(began) != time.Minute {
			t.Errorf("after %v: %+v", time.Since(began), p)
		}
		// Whoever talks is alive, even without an answer to the ping.
		time.Sleep(80 * time.Second)
		h.write(`{"id":"1","event":"received"}`)
		if p := h.read().(*lime.Command); p.URI != lime.PingURI || time.Since(began) < 3*time.Minute {
			t.Errorf("after %v: %+v", time.Since(began), p)
		}
		if f := h.read().(*lime.Session); f.State != lime.StateFinished {
			t.Errorf("after %v: %+v", time.Since(began), f)
		}
		h.server.Wait()
		if silent := time.Since(began) - 140*time.Second; silent != 150*time.Second {
			t.Errorf("finished after %v of silence", silent)
		}
	})
}

func TestAnIdleSessionLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limetest.New()
		client, server := lime.Pipe()
		var running sync.WaitGroup
		running.Go(func() { _ = s.Accept(context.Background(), server) })
		c, err := limetest.Dialer("alice").Establish(context.Background(), client)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		if _, err := c.Do(context.Background(), lime.Get, "/account", nil); err != nil {
			t.Errorf("after a day: %v", err)
		}
		if err := c.Finish(context.Background()); err != nil {
			t.Error(err)
		}
		running.Wait()
	})
}

// A server that is silent is left.
func TestASilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := lime.Pipe()
		var running sync.WaitGroup
		running.Go(func() {
			for _, line := range []string{`{"id":"s","state":"authenticating","schemeOptions":["plain"]}`, `{"id":"s","from":"server@h","to":"alice@h/1","state":"established"}`} {
				if _, err := server.Receive(); err != nil {
					t.Error(err)
				}
				if err := server.Send(context.Background(), [][]byte{[]byte(line)}); err != nil {
					t.Error(err)
				}
			}
		})
		c, err := limetest.Dialer("alice").Establish(context.Background(), client)
		if err != nil {
			t.Fatal(err)
		}
		<-c.Done()
		if c.Err() == nil {
			t.Error("it ended well")
		}
		running.Wait()
	})
}

// A login that takes its time is told why it is over, wherever it stands.
func TestALoginThatNeverEnds(t *testing.T) {
	for name, first := range map[string]string{"nothing": "", "half an envelope later": `{"state":"new"}`} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := lime.Pipe()
				h := &hand{t: t, pipe: client}
				h.server.Go(func() { h.why = limetest.New().Accept(context.Background(), server) })
				if first != "" {
					h.write(first)
					h.read()
				}
				began := time.Now()
				if f := h.read().(*lime.Session); f.State != lime.StateFailed || f.Reason.Code != lime.NegotiationTimeout {
					t.Errorf("got %+v", f)
				}
				if time.Since(began) != 30*time.Second {
					t.Errorf("after %v", time.Since(began))
				}
				h.server.Wait()
			})
		})
	}
}

// A handler that does not end does not keep a session for ever.
func TestFinishingWithAHandlerThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limetest.New()
		s.Mux.Handle(lime.Get, "/slow", func(ctx context.Context, _ *limeserver.Request) (lime.Document, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		h := byHand(t, s)
		h.write(`{"id":"1","method":"get","uri":"/slow"}`)
		h.write(`{"state":"finishing"}`)
		if f := h.read().(*lime.Session); f.State != lime.StateFinished {
			t.Errorf("got %+v", f)
		}
		h.server.Wait()
	})
}

func TestAnInboxForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox, bob := &limeserver.MemoryInbox{}, node("bob@h").Identity
		for _, id := range []string{"old", "new"} {
			if err := inbox.Store(t.Context(), bob, &lime.Message{Header: lime.Header{ID: id}}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(4 * 24 * time.Hour)
		}
		var got []string
		if err := inbox.Take(t.Context(), bob, func(m *lime.Message) error { got = append(got, m.ID); return nil }); err != nil || len(got) != 1 || got[0] != "new" {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
