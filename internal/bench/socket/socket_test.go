package socket_test

import (
	"context"
	"testing"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/bench/socket"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a server until the test ends, and returns a way to it.
func serve(t *testing.T, h socket.Handler) (dial func() *websocket.Conn) {
	t.Helper()
	p, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- socket.Run(ctx, port.Address(p), h, func() { close(ready) }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	<-ready
	return func() *websocket.Conn {
		c, _, err := websocket.Dial(t.Context(), "ws://"+port.Address(p), &websocket.DialOptions{Subprotocols: []string{"lime"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.CloseNow() })
		return c
	}
}

func say(t *testing.T, c *websocket.Conn, text string) {
	t.Helper()
	if err := c.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func hear(t *testing.T, c *websocket.Conn, want string) {
	t.Helper()
	if _, got, err := c.Read(t.Context()); err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestTwoAreJoined(t *testing.T) {
	dial := serve(t, socket.Forward())
	gone := dial()
	if err := gone.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a, b := dial(), dial()
		hear(t, a, socket.Joined)
		hear(t, b, socket.Joined)
		say(t, a, "ping")
		hear(t, b, "ping")
		say(t, b, "pong")
		hear(t, a, "pong")
	}
}

func TestTheAnswerHasTheIDOfTheQuestion(t *testing.T) {
	h, err := socket.Answer(`{"id":"x","from":"postmaster@b/h","method":"get","status":"success","resource":{"available":5}}`)
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, h)()
	for _, id := range []string{"1", "2"} {
		say(t, c, `{"id":"`+id+`","method":"get","uri":"/balance"}`)
		hear(t, c, `{"id":"`+id+`","from":"postmaster@b/h","method":"get","status":"success","resource":{"available":5}}`)
	}
}

func TestAnAnswerMustBeJSON(t *testing.T) {
	if _, err := socket.Answer("balance"); err == nil {
		t.Error("got no error")
	}
}
