// Package xmppclient is a chat client for tests. It logs in over plain TCP
// (RFC 6120), keeps all that comes in an inbox, and can send any bytes, good
// or bad. It takes JIDs as they are: what a server accepts, it accepts.
package xmppclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Client is one logged-in resource.
type Client struct {
	JID string // full, as the server bound it

	conn   *stream
	inbox  inbox
	ids    atomic.Int64
	accept atomic.Bool
	ended  chan struct{}

	mu      sync.Mutex
	waiting map[string]request // by id
	writing sync.Mutex
}

// Dial logs in with SASL PLAIN, fetches the roster, sends presence, and returns
// when the server has taken it: from then on messages to the bare JID arrive.
// With an empty resource the server chooses one. The context bounds the
// login only.
func Dial(ctx context.Context, addr, jid, password, resource string) (*Client, error) {
	user, domain, ok := strings.Cut(jid, "@")
	if !ok {
		return nil, fmt.Errorf("%q is no JID with a user", jid)
	}
	conn, err := open(ctx, addr, domain)
	if err != nil {
		return nil, err
	}
	c := &Client{conn: conn, ended: make(chan struct{}), waiting: map[string]request{}}
	c.inbox.changed = make(chan struct{})
	if c.JID, err = conn.login(ctx, user, password, resource); err != nil {
		conn.Close()
		return nil, fmt.Errorf("login as %s: %w", jid, err)
	}
	go c.read()
	if err := c.enter(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("enter as %s: %w", c.JID, err)
	}
	return c, nil
}

// enter fetches the roster, so that its changes are pushed to us, and goes
// online.
func (c *Client) enter(ctx context.Context) error {
	if _, err := c.Roster(ctx); err != nil {
		return err
	}
	if err := c.SendRaw("<presence/>"); err != nil {
		return err
	}
	_, err := c.Expect(ctx, func(s Stanza) bool {
		return s.Kind() == "presence" && s.From() == c.JID && s.Type() == ""
	})
	return err
}

// Roster fetches the contacts: each is an <item/> (RFC 6121 section 2.1).
func (c *Client) Roster(ctx context.Context) ([]*Element, error) {
	answer, err := c.IQ(ctx, "", "get", `<query xmlns='jabber:iq:roster'/>`)
	if err != nil {
		return nil, err
	}
	if q := answer.Child("query"); q != nil {
		return q.Children, nil
	}
	return nil, nil
}

// Say sends a chat message and returns its id.
func (c *Client) Say(to, body string) (id string, err error) {
	id = c.ID()
	return id, c.SendRaw(fmt.Sprintf("<message to='%s' id='%s' type='chat'><body>%s</body></message>", Escape(to), id, Escape(body)))
}

// Presence sends presence of a type to somebody: subscribe, subscribed,
// unavailable, or "" for available.
func (c *Client) Presence(to, kind string) error {
	if kind != "" {
		kind = " type='" + Escape(kind) + "'"
	}
	return c.SendRaw(fmt.Sprintf("<presence to='%s'%s/>", Escape(to), kind))
}

// AcceptAll makes the client answer each subscription request with yes.
func (c *Client) AcceptAll() { c.accept.Store(true) }

// ID returns a stanza id that this client did not use before.
func (c *Client) ID() string { return fmt.Sprintf("c%d", c.ids.Add(1)) }

// patience is how long a server may refuse to read.
const patience = 30 * time.Second

// SendRaw writes bytes to the connection, as they are.
func (c *Client) SendRaw(xml string) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := c.conn.Write([]byte(xml))
	return err
}

// Close ends the stream in good order and waits for the reader. A server that
// is gone or frozen is given two seconds.
func (c *Client) Close() error {
	c.conn.SetDeadline(time.Now().Add(2 * time.Second)) // frees a writer that is stuck, too
	c.writing.Lock()
	_, err := c.conn.Write([]byte("</stream:stream>"))
	c.writing.Unlock()
	if err == nil {
		<-c.ended
	}
	err = c.conn.Close()
	<-c.ended
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Drop cuts the connection without a word, as a lost network would.
func (c *Client) Drop() {
	c.conn.Close()
	<-c.ended
}
