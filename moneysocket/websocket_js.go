package moneysocket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall/js"
)

// socketDepth is how many frames may wait to be read. The browser cannot be
// told to wait, so that a connection that sends more is closed.
const socketDepth = 64

// closeNormal is the status of a goodbye (RFC 6455 section 7.4.1). Browsers
// allow pages no other.
const closeNormal = 1000

// socket is a WebSocket of the browser as a Conn.
type socket struct {
	ws     js.Value
	in     chan []byte
	opened chan struct{}
	gone   chan struct{}
	once   sync.Once
	err    error // why it is gone; read it after that
	calls  []js.Func
}

func openSocket(ctx context.Context, url string, limits Limits) (c Conn, err error) {
	defer func() { // the constructor throws if the page may not open the address
		if e := recover(); e != nil {
			err = fmt.Errorf("opening a websocket: %v", e)
		}
	}()
	s := &socket{ws: js.Global().Get("WebSocket").New(url), in: make(chan []byte, socketDepth), opened: make(chan struct{}), gone: make(chan struct{})}
	s.ws.Set("binaryType", "arraybuffer")
	s.on("open", func(js.Value) { close(s.opened) })
	s.on("message", func(e js.Value) { s.take(e.Get("data"), limits) })
	s.on("error", func(js.Value) { s.end(errors.New("the websocket failed")) })
	s.on("close", func(e js.Value) { s.end(fmt.Errorf("the websocket was closed with status %d", e.Get("code").Int())) })
	select {
	case <-s.opened:
		return s, nil
	case <-s.gone:
		s.release()
		return nil, s.err
	case <-ctx.Done():
		_ = s.Close()
		return nil, ctx.Err()
	}
}

func (s *socket) on(event string, f func(js.Value)) {
	call := js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	})
	s.calls = append(s.calls, call)
	s.ws.Set("on"+event, call)
}

// take queues a frame. It is called by the browser and must not block.
func (s *socket) take(data js.Value, limits Limits) {
	if data.Type() == js.TypeString {
		return // text frames are no frames
	}
	bytes := js.Global().Get("Uint8Array").New(data)
	if above(bytes.Length(), limits.Message) {
		s.end(errTooBig)
		return
	}
	frame := make([]byte, bytes.Length())
	js.CopyBytesToGo(frame, bytes)
	select {
	case s.in <- frame:
	default:
		s.end(errors.New("more frames than anybody can read"))
	}
}

// end closes the websocket without waiting.
func (s *socket) end(err error) {
	s.once.Do(func() {
		s.err = err
		close(s.gone)
		s.ws.Call("close", closeNormal)
	})
}

// release lets go of the functions that the browser would call.
func (s *socket) release() {
	for _, event := range []string{"open", "message", "error", "close"} {
		s.ws.Set("on"+event, js.Null())
	}
	for _, call := range s.calls {
		call.Release()
	}
	s.calls = nil
}

func (s *socket) Read(ctx context.Context) ([]byte, error) {
	select {
	case frame := <-s.in:
		return frame, nil
	default:
	}
	select {
	case frame := <-s.in:
		return frame, nil
	case <-s.gone:
		return nil, s.err
	case <-ctx.Done():
		s.end(ctx.Err())
		return nil, ctx.Err()
	}
}

func (s *socket) Write(_ context.Context, frame []byte) error {
	select {
	case <-s.gone:
		return s.err
	default:
	}
	data := js.Global().Get("Uint8Array").New(len(frame))
	js.CopyBytesToJS(data, frame)
	s.ws.Call("send", data)
	return nil
}

func (s *socket) Close() error {
	s.end(io.EOF)
	s.release()
	return nil
}
