package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/bench/echo"
	"github.com/bitcoim/bitcoim/internal/xep0114"
)

const (
	domain  = "bitcoin.localhost"
	secret  = "secret"
	window  = 512  // messages under way
	senders = 1000 // who send them
)

// chatLine is message n of a sender, as a chat client writes it.
func chatLine(sender, n int) string {
	id := fmt.Sprintf("%04d-%010d", sender, n)
	return fmt.Sprintf("<message from='user%04d@localhost/phone-0123456789' to='%s' type='chat' id='%s' xml:lang='en'><body>balance</body>"+
		"<active xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='%s'/>"+
		"<markable xmlns='urn:xmpp:chat-markers:0'/></message>", sender, domain, id, id)
}

// measureComponent drives the component in this process, with a desk that
// always knows the balance and with the real one.
func measureComponent(ctx context.Context, p plan) ([]row, error) {
	words, err := i18n.Load("")
	if err != nil {
		return nil, err
	}
	real, err := openDesk(ctx, words)
	if err != nil {
		return nil, err
	}
	defer func() { _ = real.close() }()
	var rows []row
	for _, c := range []struct {
		what, target string
		desk         component.Desk
		least        float64
	}{
		{"component alone, stanzas answered", "", fakeDesk{}, 0},
		{"component and desk on sqlite, balance", "", real.desk, 0},
	} {
		p.note("%s", c.what)
		var allocs, echoed []float64
		got, err := turns(ctx, p,
			answered(&echoed, func(ctx context.Context, s *xep0114.Server) error {
				return echo.Run(ctx, s.Addr(), domain, secret, func() {})
			}),
			answered(&allocs, func(ctx context.Context, s *xep0114.Server) error {
				return newDoor(s.Addr(), c.desk, words).Run(ctx)
			}))
		if err != nil {
			return rows, err
		}
		rows = append(rows, got.row(c.what, "echo", c.least), row{
			what: "  allocations a stanza", ours: fmt.Sprintf("%.0f", median(allocs)), beside: fmt.Sprintf("%.0f echo", median(echoed)),
			ratio: fmt.Sprintf("%.2f", median(allocs)/median(echoed)),
		})
	}
	return rows, nil
}

func newDoor(addr string, desk component.Desk, words *i18n.Catalogue) *component.Component {
	return component.New(component.Config{
		Domain: domain, Secret: secret, Addr: addr, Languages: []string{"en"},
		Limits: component.Limits{Burst: 1 << 30},
		Alone:  func(context.Context) bool { return false },
	}, desk, words, slog.New(slog.DiscardHandler))
}

// answered counts messages answered by a component that run connects to a
// server of ours, and adds the allocations of each, all of this process
// together, to allocs.
func answered(allocs *[]float64, run func(context.Context, *xep0114.Server) error) rate {
	return func(ctx context.Context, d time.Duration) (got sample, err error) {
		room := make(chan struct{}, window)
		var answers atomic.Int64
		server, err := xep0114.Listen(domain, secret, func(stanza []byte) {
			answers.Add(1)
			<-room
		})
		if err != nil {
			return got, err
		}
		running, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- run(running, server) }()
		defer func() {
			stop()
			err = errors.Join(err, <-done, server.Close())
		}()
		ready, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := server.Ready(ready); err != nil {
			return got, err
		}
		if err := pump(server, room, d/5); err != nil { // to warm up
			return got, err
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		first, used, began := answers.Load(), busy(), time.Now()
		if err := pump(server, room, d); err != nil {
			return got, err
		}
		n := float64(answers.Load() - first)
		got = sample{n / time.Since(began).Seconds(), (busy() - used) / time.Duration(n)}
		runtime.ReadMemStats(&after)
		*allocs = append(*allocs, float64(after.Mallocs-before.Mallocs)/n)
		return got, nil
	}
}

// pump sends messages for a while, as many at once as there is room for, and
// waits until all are answered.
func pump(s *xep0114.Server, room chan struct{}, d time.Duration) error {
	var batch []byte
	stuck := time.NewTimer(10*time.Second + d)
	defer stuck.Stop()
	take := func() error {
		select {
		case room <- struct{}{}:
			return nil
		case <-stuck.C:
			return errors.New("some messages are not answered")
		}
	}
	n := 0
	for began := time.Now(); time.Since(began) < d; {
		if err := take(); err != nil {
			return err
		}
		batch = append(batch[:0], lines[n%senders]...)
		n++
		for free := cap(room) - len(room); free > 0 && len(batch) < 32<<10; free-- {
			room <- struct{}{}
			batch = append(batch, lines[n%senders]...)
			n++
		}
		if err := s.Send(batch); err != nil {
			return err
		}
	}
	for range cap(room) {
		if err := take(); err != nil {
			return err
		}
	}
	for range cap(room) {
		<-room
	}
	return nil
}

// lines are written beforehand: what is measured is the component.
var lines = func() (all []string) {
	for i := range senders {
		all = append(all, chatLine(i, i))
	}
	return all
}()

// fakeDesk has one answer. What it does not say, the embedded nil would not
// say either: only messages are sent to it.
type fakeDesk struct{ component.Desk }

func (fakeDesk) Ask(context.Context, command.Request) (command.Reply, error) {
	return command.Reply{Lines: []command.Line{{Phrase: "balance.now", Args: map[string]any{"balance": int64(1_234_567_000)}}}, Lang: "en", Unit: "sat"}, nil
}

func (fakeDesk) Here(context.Context, string) error { return nil }

func (fakeDesk) Members(context.Context, string, int) ([]string, error) { return nil, nil }
