// Package bare is the web server that the web door is compared with: net/http
// with one answer to everything. It looks at nothing and remembers nothing,
// so it does less for a request than anybody can.
package bare

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Ready is what Main prints once it listens.
const Ready = "bare listens"

// Main is the program: it answers on addr until it is told to stop.
func Main(addr, answer string) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := Run(ctx, addr, answer, func() { fmt.Println(Ready) }); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		return 1
	}
	return 0
}

// Run listens, says that it is ready, and answers until ctx ends.
func Run(ctx context.Context, addr, answer string, ready func()) error {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	body := []byte(answer)
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	ready()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
