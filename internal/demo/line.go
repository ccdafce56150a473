package main

import (
	"context"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

// line is one person's connection with the XMPP server. When the server goes it
// is made again, so that the sandbox outlives a restart that somebody tries.
type line struct {
	server *xmppserver.Server
	name   string

	mu  sync.Mutex
	now *xmppclient.Client
}

// between is how long a line waits before it tries again, and patience how long
// a try may take.
const between, patience = time.Second, 10 * time.Second

// open connects for the first time.
func open(ctx context.Context, server *xmppserver.Server, name string) (*line, error) {
	l := &line{server: server, name: name}
	return l, l.dial(ctx)
}

func (l *line) dial(ctx context.Context) error {
	c, err := l.server.Dial(ctx, l.name, "demo")
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = c
	return nil
}

// client is the connection that there is now, or the last one.
func (l *line) client() *xmppclient.Client {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// keep gives what is heard to hear, and says when the connection is lost and when
// it is there again, until ctx ends.
func (l *line) keep(ctx context.Context, hear func(xmppclient.Stanza), say func(format string, args ...any)) {
	for {
		c := l.client()
		for m, err := c.Next(ctx); err == nil; m, err = c.Next(ctx) {
			hear(m)
		}
		_ = c.Close()
		if ctx.Err() != nil {
			return
		}
		say("  (the XMPP server has gone from %s; I try to come back every second. What is said meanwhile is lost)", l.name)
		if !l.again(ctx) {
			return
		}
		say("  (%s is connected again; the wallet may need some seconds more)", l.name)
	}
}

// again connects once more, and reports whether it could before ctx ended.
func (l *line) again(ctx context.Context) bool {
	for {
		try, cancel := context.WithTimeout(ctx, patience)
		err := l.dial(try)
		cancel()
		if err == nil {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(between):
		}
	}
}
