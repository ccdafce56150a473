package component_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/door/component"
)

// A server that stands still takes connections and says nothing. Whoever checks it reads
// that, and nothing of a connection that we closed ourselves.
func TestAServerThatStandsStillDoesNotAnswer(t *testing.T) {
	for name, check := range map[string]func(ctx context.Context, addr string) error{
		"knock": func(ctx context.Context, addr string) error { return component.Knock(ctx, addr, "bitcoin.localhost") },
		"check": func(ctx context.Context, addr string) error {
			return component.Check(ctx, addr, "bitcoin.localhost", "secret")
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			late := errors.New("too late")
			ctx, cancel := context.WithCancelCause(t.Context())
			heard := make(chan struct{})
			go func() {
				defer close(heard)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 1)) // the opening of the stream
				cancel(late)
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = conn.Read(make([]byte, 1)) // until it is given up
			}()
			err = check(ctx, l.Addr().String())
			if err == nil || !strings.HasPrefix(err.Error(), l.Addr().String()+" does not answer: ") || strings.Contains(err.Error(), "closed") || !errors.Is(err, late) {
				t.Errorf("got %v", err)
			}
			<-heard
		})
	}
}
