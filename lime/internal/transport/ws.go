package transport

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/lime/internal/jsonscan"

	"github.com/bitcoim/bitcoim/lime"
)

// ErrNotText says that a WebSocket message was binary.
var ErrNotText = errors.New("lime: a binary message")

// ws is a WebSocket: one envelope is one text message.
type ws struct {
	conn   *websocket.Conn
	info   lime.Info
	limit  atomic.Int64
	in     []byte
	ctx    context.Context // of everything that is read
	cancel context.CancelFunc
}

func newWS(c *websocket.Conn, i lime.Info) *ws {
	c.SetReadLimit(-1) // our own limit is answered before the connection is closed
	t := &ws{conn: c, info: i}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.Limit(DefaultLimit)
	return t
}

func (t *ws) Limit(bytes int) { t.limit.Store(int64(bytes)) }

// Receive reads one message. Empty ones are skipped.
func (t *ws) Receive() ([]byte, error) {
	for {
		kind, r, err := t.conn.Reader(t.ctx)
		if err != nil {
			if code := websocket.CloseStatus(err); code == websocket.StatusNormalClosure || code == websocket.StatusGoingAway {
				err = io.EOF
			}
			return nil, err
		}
		if kind != websocket.MessageText {
			return nil, ErrNotText
		}
		if err := t.read(r); err != nil {
			return nil, err
		}
		if jsonscan.Blank(t.in) < len(t.in) {
			return t.in, nil
		}
	}
}

func (t *ws) read(r io.Reader) error {
	limit := int(t.limit.Load())
	if cap(t.in) > 64<<10 {
		t.in = nil
	}
	t.in = t.in[:0]
	for {
		t.in = slices.Grow(t.in, 512)
		n, err := r.Read(t.in[len(t.in):cap(t.in)])
		t.in = t.in[:len(t.in)+n]
		switch {
		case len(t.in) > limit:
			return lime.ErrTooLong
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (t *ws) Send(ctx context.Context, envelopes [][]byte) error {
	for _, e := range envelopes {
		if err := t.conn.Write(ctx, websocket.MessageText, e); err != nil {
			return err
		}
	}
	return nil
}

// Options is what the connection has: a WebSocket is encrypted or it is not.
func (t *ws) Options() []lime.Encryption { return []lime.Encryption{t.info.Encryption} }

func (t *ws) Encrypt(_ context.Context, e lime.Encryption) error {
	if e != t.info.Encryption {
		return lime.Errorf(lime.NegotiationInvalid, "a WebSocket cannot switch its encryption")
	}
	return nil
}

func (t *ws) Info() lime.Info { return t.info }

// Close does the closing handshake (RFC 6455 section 7.4.1 has the codes).
func (t *ws) Close(why error) error {
	code := websocket.StatusNormalClosure
	switch {
	case errors.Is(why, lime.ErrNotJSON):
		code = websocket.StatusInvalidFramePayloadData
	case errors.Is(why, lime.ErrTooLong):
		code = websocket.StatusMessageTooBig
	case errors.Is(why, ErrNotText):
		code = websocket.StatusUnsupportedData
	}
	timer := time.AfterFunc(Linger, t.cancel)
	defer timer.Stop()
	defer t.cancel()
	return t.conn.Close(code, "")
}

func (t *ws) Abort() {
	t.cancel()
	_ = t.conn.CloseNow()
}
