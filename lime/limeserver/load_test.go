package limeserver_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// A thousand commands under way on one session: each gets its own answer, and
// the server works on not more than it may.
func TestAThousandCommandsInFlight(t *testing.T) {
	for _, road := range roads {
		if road.name == "wss" || road.name == "tls" {
			continue
		}
		t.Run(road.name, func(t *testing.T) {
			s := limetest.New()
			var now, most atomic.Int64
			s.Mux.Handle(lime.Get, "/echo/{n}", func(_ context.Context, r *limeserver.Request) (lime.Document, error) {
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				defer now.Add(-1)
				return lime.Text(r.Var("n")), nil
			})
			d := limetest.Dialer("alice")
			ctx := ctxOf(t)
			c, err := keep(t)(d.Establish(ctx, road.connect(t, s, d)))
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for n := range 1000 {
				all.Go(func() {
					got, err := c.Do(ctx, lime.Get, lime.URI(fmt.Sprintf("/echo/%d", n)), nil)
					if text, _ := lime.As[lime.Text](got); err != nil || string(text) != fmt.Sprint(n) {
						t.Errorf("%d: got %q, %v", n, text, err)
					}
				})
			}
			all.Wait()
			if most.Load() > 32 {
				t.Errorf("%d were handled at once", most.Load())
			}
		})
	}
}

// A request without an answer ends with its context, and its id is free again.
func TestARequestThatNobodyAnswers(t *testing.T) {
	s := limetest.New()
	asked, answer := make(chan bool), make(chan bool)
	s.Mux.Handle(lime.Get, "/slow", func(ctx context.Context, _ *limeserver.Request) (lime.Document, error) {
		asked <- true
		<-answer
		return nil, nil
	})
	c := dial(t, s, limetest.Dialer("alice"))
	ctx, cancel := context.WithCancel(ctxOf(t))
	over := make(chan error, 1)
	request := &lime.Command{Header: lime.Header{ID: "1"}, Method: lime.Get, URI: "/slow"}
	go func() {
		_, err := c.Process(ctx, request)
		over <- err
	}()
	<-asked
	if _, err := c.Process(ctx, request); code(err) != lime.InvalidArgument {
		t.Errorf("the same id twice: %v", err)
	}
	// Nor does the server take it: a client of another make may send it.
	if err := c.Send(ctx, request); err != nil {
		t.Fatal(err)
	}
	if err := next(t, over, "end"); code(err) != lime.InvalidArgument {
		t.Errorf("the server said %v", err)
	}
	go func() {
		_, err := c.Process(ctx, &lime.Command{Header: lime.Header{ID: "2"}, Method: lime.Get, URI: "/slow"})
		over <- err
	}()
	<-asked
	cancel()
	if err := next(t, over, "end"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(answer)
	for ctx := ctxOf(t); ; { // until the server, too, is done with it
		_, err := c.Process(ctx, &lime.Command{Header: lime.Header{ID: "2"}, Method: lime.Get, URI: lime.PingURI})
		if err == nil {
			break
		}
		if code(err) != lime.InvalidArgument {
			t.Fatalf("the id is not free: %v", err)
		}
	}
}

func TestARequestWhoseSessionEnds(t *testing.T) {
	s := limetest.New()
	asked := make(chan bool)
	s.Mux.Handle(lime.Get, "/slow", func(ctx context.Context, _ *limeserver.Request) (lime.Document, error) {
		asked <- true
		<-ctx.Done()
		return nil, ctx.Err()
	})
	c := dial(t, s, limetest.Dialer("alice"))
	over := make(chan error, 1)
	go func() {
		_, err := c.Do(ctxOf(t), lime.Get, "/slow", nil)
		over <- err
	}()
	<-asked
	if err := s.Shutdown(ctxOf(t)); err != nil {
		t.Error(err)
	}
	if err := next(t, over, "end"); err == nil {
		t.Error("no error")
	}
	if err := c.Send(ctxOf(t), &lime.Message{Content: lime.Text("x")}); !errors.Is(err, lime.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// What is under way when a client finishes is answered before the end.
func TestFinishingWithCommandsUnderWay(t *testing.T) {
	s := limetest.New()
	asked, answer := make(chan bool), make(chan bool)
	s.Mux.Handle(lime.Get, "/slow", func(context.Context, *limeserver.Request) (lime.Document, error) {
		asked <- true
		<-answer
		return lime.Text("done"), nil
	})
	c := dial(t, s, limetest.Dialer("alice"))
	over := make(chan error, 1)
	go func() {
		_, err := c.Do(ctxOf(t), lime.Get, "/slow", nil)
		over <- err
	}()
	<-asked
	if err := c.Send(ctxOf(t), &lime.Session{Header: lime.Header{ID: c.ID()}, State: lime.StateFinishing}); err != nil {
		t.Fatal(err)
	}
	close(answer)
	if err := next(t, over, "answer"); err != nil {
		t.Error(err)
	}
	next(t, c.Done(), "end")
	if c.Err() != nil {
		t.Errorf("it ended with %v", c.Err())
	}
}

// A peer that does not read loses its session; nobody waits for it.
func TestAPeerThatDoesNotRead(t *testing.T) {
	s := limetest.New()
	s.Limits.Queue, s.Limits.Backlog = 4, 8
	s.Mux.Observable("/balance", nil)
	client, server := lime.Pipe()
	accept(t, s, server)
	deaf := &deaf{Transport: client, stop: make(chan struct{})}
	c, err := limetest.Dialer("alice").Establish(ctxOf(t), deaf)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		close(deaf.stop)
		c.Abort()
		<-c.Done()
	}()
	if _, err := c.Do(ctxOf(t), lime.Subscribe, "/balance", nil); err != nil {
		t.Fatal(err)
	}
	deaf.deaf.Store(true)
	there := s.Sessions(c.Local().Identity)[0]
	bob := dial(t, s, limetest.Dialer("bob"))
	told := 0
	for range 1000 {
		if s.Observe(c.Local().Identity, "/balance", lime.Text("x")) == 0 {
			break
		}
		told++
	}
	if told == 1000 {
		t.Error("there is no end to what is kept for it")
	}
	next(t, there.Done(), "end")
	if !errors.Is(there.Err(), lime.ErrSlow) {
		t.Errorf("got %v", there.Err())
	}
	if _, err := bob.Do(ctxOf(t), lime.Get, lime.PingURI, nil); err != nil {
		t.Errorf("another: %v", err)
	}
}

// deaf is a transport that stops reading.
type deaf struct {
	lime.Transport
	deaf atomic.Bool
	stop chan struct{}
}

func (d *deaf) Receive() ([]byte, error) {
	if d.deaf.Load() {
		<-d.stop
	}
	return d.Transport.Receive()
}

func TestMoreThanTheThroughput(t *testing.T) {
	s := limetest.New()
	s.Limits.Throughput = 2 // six at once
	c := dial(t, s, limetest.Dialer("alice"))
	refused, good, ended := 0, 0, false
	for range 1000 {
		_, err := c.Do(ctxOf(t), lime.Get, lime.PingURI, nil)
		switch code(err) {
		case 0:
			good++
		case lime.RequestLimit:
			refused++
		default:
			ended = true
		}
		if ended {
			break
		}
	}
	if good < 6 || refused < 10 || !ended {
		t.Errorf("%d were answered, %d refused, ended %v", good, refused, ended)
	}
	next(t, c.Done(), "end")
	if code(c.Err()) != lime.QuotaExceeded {
		t.Errorf("got %v", c.Err())
	}
	if q := (limeserver.Limits{Throughput: 2}).Quota(); q.Throughput != 2 || q.MaxEnvelopeSize != 256<<10 {
		t.Errorf("got %+v", q)
	}
}

func TestSubscriptions(t *testing.T) {
	s := limetest.New()
	s.Limits.Subscriptions = 2
	s.Mux.Observable("/orders", nil)
	s.Mux.Observable("/orders/{code}", func(_ context.Context, r *limeserver.Request) error {
		if r.Var("code") == "none" {
			return lime.Errorf(lime.NotFound, "no such order")
		}
		return nil
	})
	c := dial(t, s, limetest.Dialer("alice"))
	alice := c.Local().Identity
	for _, tt := range []struct {
		uri  lime.URI
		code lime.Code
	}{
		{"/orders/none", lime.NotFound}, {"/account", lime.MethodNotSupported}, {"/nothing", lime.NotFound}, {"lime://bob@localhost/orders", lime.PermissionRequired},
		{"/orders/k7fw", 0}, {"/Orders/K7FW/", 0}, {"/orders", 0}, {"/orders/more", lime.QuotaExceeded},
	} {
		if _, err := c.Do(ctxOf(t), lime.Subscribe, tt.uri, nil); code(err) != tt.code {
			t.Errorf("%s: %v", tt.uri, err)
		}
	}
	for path, want := range map[string]int{"/orders/k7fw": 1, "/orders/other": 1, "/orders": 1, "/ordersx": 0, "/balance": 0} {
		if got := s.Observe(alice, path, nil); got != want {
			t.Errorf("%s: told %d", path, got)
		}
	}
	if got := s.Observe(node("bob@localhost").Identity, "/orders", nil); got != 0 {
		t.Errorf("told %d of bob's", got)
	}
	if err := c.Finish(ctxOf(t)); err != nil {
		t.Error(err)
	}
	shutdown(t, s)
	if got := s.Observe(alice, "/orders", nil); got != 0 {
		t.Errorf("told %d after the end", got)
	}
}
