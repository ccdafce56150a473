package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/lime"
)

// bot is a session with no more to it than it takes to count answers, as a
// chatter is.
type bot struct {
	ws   *websocket.Conn
	sent int
	out  []byte
}

func dialBot(ctx context.Context, url string) (*bot, error) {
	ws, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{lime.Subprotocol}})
	return &bot{ws: ws}, err
}

// login makes a session of a connection.
func (b *bot) login(ctx context.Context, who, key string) error {
	id, err := lime.ParseIdentity(who)
	if err != nil {
		return err
	}
	asked, err := b.exchange(ctx, &lime.Session{State: lime.StateNew}, lime.StateAuthenticating)
	if err != nil {
		return fmt.Errorf("%s logs in: %w", who, err)
	}
	proof := lime.WithKey(key)
	_, err = b.exchange(ctx, &lime.Session{Header: lime.Header{ID: asked.ID, From: lime.Node{Identity: id, Instance: "bench"}},
		State: lime.StateAuthenticating, Scheme: proof.Scheme, Authentication: &proof}, lime.StateEstablished)
	if err != nil {
		return fmt.Errorf("%s logs in: %w", who, err)
	}
	return nil
}

func (b *bot) exchange(ctx context.Context, say *lime.Session, want lime.State) (*lime.Session, error) {
	text, err := lime.Encode(say)
	if err != nil {
		return nil, err
	}
	if err := b.ws.Write(ctx, websocket.MessageText, text); err != nil {
		return nil, err
	}
	_, text, err = b.ws.Read(ctx)
	if err != nil {
		return nil, err
	}
	e, err := lime.Decode(text)
	if err != nil {
		return nil, err
	}
	if s, ok := e.(*lime.Session); ok && s.State == want {
		return s, nil
	}
	return nil, fmt.Errorf("not %s: %s", want, text)
}

// ask asks for the balance.
func (b *bot) ask(ctx context.Context) error {
	b.sent++
	b.out = strconv.AppendInt(append(b.out[:0], `{"id":"bench-`...), int64(b.sent), 10)
	b.out = append(b.out, `","method":"get","uri":"/balance"}`...)
	return b.ws.Write(ctx, websocket.MessageText, b.out)
}

var success = []byte(`"status":"success"`)

// hear waits for an answer.
func (b *bot) hear(ctx context.Context) ([]byte, error) {
	_, text, err := b.ws.Read(ctx)
	if err == nil && !bytes.Contains(text, success) {
		err = fmt.Errorf("a bot is told %s", text)
	}
	return text, err
}

// talk keeps a window of commands under way until it is over, and counts
// answers.
func (b *bot) talk(ctx context.Context, window int, over <-chan struct{}, count *atomic.Int64) error {
	for range window {
		if err := b.ask(ctx); err != nil {
			return err
		}
	}
	for under := window; under > 0; {
		if _, err := b.hear(ctx); err != nil {
			return err
		}
		count.Add(1)
		select {
		case <-over:
			under--
		default:
			if err := b.ask(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// bots are sessions with one server.
type bots []*bot

// talk lets the first n keep a window of commands under way each. What comes in
// the first fifth of the time is not counted.
func (all bots) talk(ctx context.Context, p plan, n, window, pid int) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*p.each+stuck)
	defer cancel()
	return counted(ctx, p.each, n, pid, func(ctx context.Context, i int, over <-chan struct{}, did *atomic.Int64) error {
		return all[i].talk(ctx, window, over, did)
	})
}

func (all bots) leave() error {
	var errs []error
	for _, b := range all {
		errs = append(errs, b.ws.CloseNow())
	}
	return errors.Join(errs...)
}
