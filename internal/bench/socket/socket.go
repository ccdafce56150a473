// Package socket is the websocket servers that the doors for programs are
// compared with: the same library with next to nothing behind it. Forward
// passes frames between two who come one after the other, Answer reads JSON and
// says the same each time. They know nobody, limit nothing and remember
// nothing, so they do less than anybody can.
package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// Ready is what Main prints once it listens.
const Ready = "socket listens"

// Main is the program: it forwards on addr or, if there is an answer to say,
// says that, until it is told to stop.
func Main(addr, answer string) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	serve, err := Forward(), error(nil)
	if answer != "" {
		serve, err = Answer(answer)
	}
	if err == nil {
		err = Run(ctx, addr, serve, func() { fmt.Println(Ready) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "socket:", err)
		return 1
	}
	return 0
}

// Handler is the life of one websocket; it ends when it cannot be read.
type Handler func(ctx context.Context, c *websocket.Conn)

// Run listens, says that it is ready, and serves until ctx ends.
func Run(ctx context.Context, addr string, serve Handler, ready func()) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var open sync.WaitGroup
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open.Add(1)
		defer open.Done()
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: r.Header.Values("Sec-WebSocket-Protocol")})
		if err != nil {
			return
		}
		defer func() { _ = c.CloseNow() }()
		serve(ctx, c)
	})}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	ready()
	err = s.Serve(l)
	stop()
	open.Wait()
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
