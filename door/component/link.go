package component

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"mellium.im/xmpp"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// link is one connection to the server, from handshake to loss.
type link struct {
	conn    *wire.Conn
	session *xmpp.Session
	heard   atomic.Int64  // when the last stanza came, in Unix nanoseconds
	busy    chan *Stanza  // stanzas that found no room, to be refused
	leaving atomic.Bool   // no more work is taken
	fence   string        // id of the ping that leave sends, to be set before leaving
	once    sync.Once     // of passed
	passed  chan struct{} // closed when that ping is back
}

// pass says that the last ping is back. Its answer may come, too.
func (l *link) pass() { l.once.Do(func() { close(l.passed) }) }

// setLink makes l the connection to send on; nil says that there is none.
func (c *Component) setLink(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case l != nil && c.link == nil:
		close(c.up)
	case l == nil && c.link != nil:
		c.up = make(chan struct{})
	}
	c.link = l
}

// away says that no connection will come any more.
func (c *Component) away() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == nil {
		close(c.up)
	}
}

// awaitLink is the connection. It waits a moment for one, so that a short loss
// does not lose the answer to a command.
func (c *Component) awaitLink(ctx context.Context) (*link, error) {
	c.mu.Lock()
	l, up := c.link, c.up
	c.mu.Unlock()
	if l != nil {
		return l, nil
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-up:
	case <-wait.C:
		return nil, ErrAway
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link == nil {
		return nil, ErrAway
	}
	return c.link, nil
}

const patience = 5 * time.Second

// now is the connection, nil while away.
func (c *Component) now() *link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link
}
