//go:build !js

package moneysocket

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// socket is a websocket as a Conn: one message is one binary message of the
// websocket (RFC 6455), in whatever fragments it comes.
type socket struct {
	ws     *websocket.Conn
	limits Limits

	ctx  context.Context // ends with the connection
	end  context.CancelFunc
	slow *time.Timer // ends the connection while a message comes in too slowly

	quiet *time.Timer
	mu    sync.Mutex // guards asks and over
	asks  sync.WaitGroup
	over  bool
}

func newSocket(ctx context.Context, ws *websocket.Conn, limits Limits) *socket {
	s := &socket{ws: ws, limits: limits}
	s.ctx, s.end = context.WithCancel(ctx)
	ws.SetReadLimit(int64(limits.Message))
	s.slow = time.AfterFunc(time.Hour, s.end)
	s.slow.Stop()
	if limits.Quiet > 0 {
		s.quiet = time.AfterFunc(limits.hush(), s.ask)
	}
	return s
}

func (s *socket) Read(ctx context.Context) ([]byte, error) {
	defer context.AfterFunc(ctx, s.end)()
	for {
		kind, r, err := s.ws.Reader(s.ctx)
		if err != nil {
			return nil, err
		}
		if s.quiet != nil {
			s.quiet.Reset(s.limits.hush())
		}
		frame, err := s.readAll(r)
		if err != nil || kind == websocket.MessageBinary {
			return frame, err
		}
	}
}

func (s *socket) readAll(r io.Reader) ([]byte, error) {
	if s.limits.Slow > 0 {
		s.slow.Reset(s.limits.Slow)
		defer s.slow.Stop()
	}
	frame, err := io.ReadAll(r)
	if errors.Is(err, websocket.ErrMessageTooBig) {
		err = errTooBig
	}
	return frame, err
}

func (s *socket) Write(ctx context.Context, frame []byte) error {
	if s.limits.Slow > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, s.limits.Slow)
		defer stop()
	}
	return s.ws.Write(ctx, websocket.MessageBinary, frame)
}

// ask finds out whether the other side is still there after it said nothing
// for a while; it also keeps proxies from losing the connection.
func (s *socket) ask() {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return
	}
	s.asks.Add(1)
	s.mu.Unlock()
	defer s.asks.Done()
	ctx, stop := context.WithTimeout(s.ctx, s.limits.Quiet)
	defer stop()
	if err := s.ws.Ping(ctx); err != nil {
		s.end()
		_ = s.ws.CloseNow()
		return
	}
	s.quiet.Reset(s.limits.hush())
}

// drop closes without a goodbye.
func (s *socket) drop() {
	s.end()
	_ = s.ws.CloseNow()
	s.let()
}

func (s *socket) Close() error {
	defer time.AfterFunc(polite, s.end).Stop()
	err := s.ws.Close(websocket.StatusNormalClosure, "")
	s.end()
	s.let()
	return err
}

// let ends what goes on beside reading and writing.
func (s *socket) let() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	if s.quiet != nil {
		s.quiet.Stop()
	}
	s.asks.Wait()
}
