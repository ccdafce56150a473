package xmppclient

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// inbox keeps what nobody has taken yet, in the order it came.
type inbox struct {
	mu      sync.Mutex
	stanzas []Stanza
	changed chan struct{} // closed and replaced at each change
	err     error         // why no more will come
}

func (i *inbox) put(s Stanza) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stanzas = append(i.stanzas, s)
	i.wake()
}

func (i *inbox) end(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err == nil { // the first reason is the true one
		i.err = err
	}
	i.wake()
}

func (i *inbox) wake() {
	close(i.changed)
	i.changed = make(chan struct{})
}

func (i *inbox) reason() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.err
}

// take removes the first stanza that is wanted. If none is here, it returns
// what to wait for.
func (i *inbox) take(wanted func(Stanza) bool) (s Stanza, found bool, changed chan struct{}, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := slices.IndexFunc(i.stanzas, wanted)
	if n < 0 {
		return Stanza{}, false, i.changed, i.err
	}
	s = i.stanzas[n]
	i.stanzas = slices.Delete(i.stanzas, n, n+1)
	return s, true, nil, nil
}

// list says what is in the inbox, for the message of a failed test.
func (i *inbox) list() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	lines := make([]string, 0, len(i.stanzas))
	for _, s := range i.stanzas[max(0, len(i.stanzas)-10):] {
		lines = append(lines, s.String())
	}
	return strings.Join(lines, "\n")
}

// Expect waits for a stanza that is wanted and takes it out of the inbox. What
// it passes over stays there, in order.
func (c *Client) Expect(ctx context.Context, wanted func(Stanza) bool) (Stanza, error) {
	for {
		s, found, changed, err := c.inbox.take(wanted)
		if found || err != nil {
			return s, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Stanza{}, fmt.Errorf("%s got nothing that was expected: %w; in the inbox:\n%s", c.JID, ctx.Err(), c.inbox.list())
		}
	}
}

// Next takes the oldest stanza of the inbox, or waits for one.
func (c *Client) Next(ctx context.Context) (Stanza, error) {
	return c.Expect(ctx, func(Stanza) bool { return true })
}

// Hear takes the oldest message with a body that comes from the JID, bare or
// full; from anybody if it is empty.
func (c *Client) Hear(ctx context.Context, from string) (Stanza, error) {
	return c.Expect(ctx, func(s Stanza) bool {
		bare, _, _ := strings.Cut(s.From(), "/")
		return s.Kind() == "message" && s.Child("body") != nil && (from == "" || from == s.From() || from == bare)
	})
}

// Inbox returns what nobody has taken yet and empties it.
func (c *Client) Inbox() []Stanza {
	c.inbox.mu.Lock()
	defer c.inbox.mu.Unlock()
	all := c.inbox.stanzas
	c.inbox.stanzas = nil
	return all
}

// Ended is closed when the stream has ended, whoever ended it.
func (c *Client) Ended() <-chan struct{} { return c.ended }
