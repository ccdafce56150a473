package limedoor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
)

// bot is a session of a bot.
type bot struct {
	t testing.TB
	*limeclient.Channel
	came chan lime.Envelope
	seen []lime.Envelope // that came, and were not asked for yet
}

// enter makes a session on a pipe within this process.
func (w *town) enter(name string, proof lime.Authentication) (*bot, error) {
	client, server := lime.Pipe()
	return w.enterBy(name, proof, client, server)
}

func (w *town) enterBy(name string, proof lime.Authentication, client, server lime.Transport) (*bot, error) {
	if opened := w.door; server != nil {
		var serving sync.WaitGroup
		serving.Go(func() { _ = opened.Accept(context.Background(), server) })
		w.t.Cleanup(serving.Wait)
	}
	b := &bot{t: w.t, came: make(chan lime.Envelope, 4096)}
	d := &limeclient.Dialer{Node: lime.Node{Identity: lime.Identity{Name: name, Domain: gateway}}, Authentication: proof, Mux: b.mux()}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := d.Establish(ctx, client)
	if err != nil {
		return nil, err
	}
	b.Channel = c
	w.t.Cleanup(func() {
		_ = c.Finish(soon(w.t))
		<-c.Done()
	})
	return b, nil
}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func (b *bot) mux() *limeclient.Mux {
	m := limeclient.NewMux()
	m.Messages("", func(_ context.Context, _ *limeclient.Channel, msg *lime.Message) error {
		b.came <- msg
		return nil
	})
	m.Notifications(func(_ context.Context, _ *limeclient.Channel, n *lime.Notification) { b.came <- n })
	for _, path := range []string{"/balance", "/history", "/orders/{x}", "/invoices/{x}", "/transactions/{x}", "/blocks"} {
		m.Handle(lime.Observe, path, func(_ context.Context, r *limeclient.Request) (lime.Document, error) {
			b.came <- r.Command
			return nil, nil
		})
	}
	return m
}

// bot logs a bot in with a key.
func (w *town) bot(who, key string) *bot {
	w.t.Helper()
	b, err := w.enter(who, lime.WithKey(key))
	if err != nil {
		w.t.Fatalf("%s: %v", who, err)
	}
	return b
}

// person logs a user in with a password, which they have from now on.
func (w *town) person(who string) *bot {
	w.t.Helper()
	if err := w.desk.Passwords().Set(w.t.Context(), jid(who), "secret word"); err != nil {
		w.t.Fatal(err)
	}
	b, err := w.enter(who, lime.WithPassword("secret word"))
	if err != nil {
		w.t.Fatalf("%s: %v", who, err)
	}
	return b
}

func (w *town) guest() *bot {
	w.t.Helper()
	b, err := w.enter("", lime.AsGuest())
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// do runs a command and returns the resource.
func (b *bot) do(m lime.Method, uri lime.URI, resource lime.Document) (lime.Document, error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return b.Do(ctx, m, uri, resource)
}

// must is do for what cannot go wrong.
func must[T lime.Document](b *bot, m lime.Method, uri lime.URI, resource lime.Document) T {
	b.t.Helper()
	doc, err := b.do(m, uri, resource)
	if err != nil {
		b.t.Fatalf("%s %s: %v", m, uri, err)
	}
	v, err := lime.As[T](doc)
	if err != nil {
		b.t.Fatalf("%s %s: %v", m, uri, err)
	}
	return v
}

// next waits for the first envelope that fits and was not returned before.
func (b *bot) next(what string, fits func(lime.Envelope) bool) lime.Envelope {
	b.t.Helper()
	for i, e := range b.seen {
		if fits(e) {
			b.seen = slices.Delete(b.seen, i, i+1)
			return e
		}
	}
	late := time.After(patience)
	for {
		select {
		case e := <-b.came:
			if fits(e) {
				return e
			}
			b.seen = append(b.seen, e)
		case <-late:
			b.t.Fatalf("%s did not come", what)
		}
	}
}

// heard waits for a message of a type.
func heard[T lime.Document](b *bot, fits func(T) bool) *lime.Message {
	b.t.Helper()
	return b.next(fmt.Sprintf("a %T", *new(T)), func(e lime.Envelope) bool {
		m, is := e.(*lime.Message)
		if !is {
			return false
		}
		v, err := lime.As[T](m.Content)
		return err == nil && m.Content.MediaType() == v.MediaType() && fits(v)
	}).(*lime.Message)
}

// observed waits for a change of a resource.
func observed[T lime.Document](b *bot, path string, fits func(T) bool) T {
	b.t.Helper()
	var v T
	b.next("a change of "+path, func(e lime.Envelope) bool {
		c, is := e.(*lime.Command)
		if !is || c.Resource == nil || !strings.HasPrefix(string(c.URI), path) {
			return false
		}
		var err error
		v, err = lime.As[T](c.Resource)
		return err == nil && fits(v)
	})
	return v
}

// ends waits until the session is over.
func (b *bot) ends() {
	b.t.Helper()
	select {
	case <-b.Done():
	case <-time.After(patience):
		b.t.Fatal("the session does not end")
	}
}

func (b *bot) write(to, id string, content lime.Document) {
	b.t.Helper()
	n, err := lime.ParseNode(to)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.Send(soon(b.t), &lime.Message{Header: lime.Header{ID: id, To: n}, Content: content}); err != nil {
		b.t.Fatal(err)
	}
}

// order is a resource as JSON.
func resource(t lime.MediaType, text string) lime.Document {
	return lime.Raw{Type: t, JSON: []byte(text)}
}
