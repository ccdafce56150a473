package limeclient_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is long: it ends tests that would never end.
const patience = 30 * time.Second

func ctxOf(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// dial makes a session within the process.
func dial(t testing.TB, s *limetest.Server, d *limeclient.Dialer) *limeclient.Channel {
	t.Helper()
	client, server := lime.Pipe()
	var running sync.WaitGroup
	running.Go(func() { _ = s.Accept(context.Background(), server) })
	t.Cleanup(func() {
		if err := s.Shutdown(ctxOf(t)); err != nil {
			t.Error(err)
		}
		running.Wait()
	})
	c, err := keep(t)(d.Establish(ctxOf(t), client))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// keep finishes a session at the end of the test.
func keep(t testing.TB) func(*limeclient.Channel, error) (*limeclient.Channel, error) {
	return func(c *limeclient.Channel, err error) (*limeclient.Channel, error) {
		if err == nil {
			t.Cleanup(func() { _ = c.Finish(ctxOf(t)) })
		}
		return c, err
	}
}

// code is the reason code of an error, 0 if it has none.
func code(err error) lime.Code {
	if err == nil {
		return 0
	}
	return lime.ReasonOf(err, -1).Code
}

// next waits for what comes on a channel.
func next[T any](t testing.TB, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s came", what)
		panic("not reached")
	}
}
