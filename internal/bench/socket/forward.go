package socket

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"
)

// Joined is the frame that both of two hear when they were joined.
const Joined = "joined"

// side is one of two whose frames go to the other.
type side struct {
	conn *websocket.Conn
	peer atomic.Pointer[side] // nil while it is alone
}

// lobby is where one waits for another.
type lobby struct {
	mu    sync.Mutex
	alone *side
}

// Forward joins two who come one after the other, and passes the frames of each
// to the other.
func Forward() Handler {
	var l lobby
	return func(ctx context.Context, c *websocket.Conn) {
		me := &side{conn: c}
		l.enter(ctx, me)
		defer l.leave(me)
		for {
			kind, frame, err := c.Read(ctx)
			if err != nil {
				return
			}
			if to := me.peer.Load(); to != nil {
				_ = to.conn.Write(ctx, kind, frame) // its own end tells
			}
		}
	}
}

func (l *lobby) enter(ctx context.Context, me *side) {
	l.mu.Lock()
	defer l.mu.Unlock()
	peer := l.alone
	if peer == nil || peer.conn.Write(ctx, websocket.MessageBinary, []byte(Joined)) != nil { // nobody, or somebody who is gone
		l.alone = me
		return
	}
	l.alone = nil
	me.peer.Store(peer)
	peer.peer.Store(me)
	_ = me.conn.Write(ctx, websocket.MessageBinary, []byte(Joined))
}

func (l *lobby) leave(me *side) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alone == me {
		l.alone = nil
	}
}
