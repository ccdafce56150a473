package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// session is one person's chat in the sandbox.
type session struct {
	world *world.World
	out   io.Writer
	mu    sync.Mutex // of out
	you   *line
	bob   *line
	wg    sync.WaitGroup
	work  context.Context // ends when the person leaves
	stop  context.CancelFunc
	door  string // where browsers find the gateway's web door

	invoice string // the last that the person in the chat was shown
	game    game
}

// blockTime is how often a block is mined when something waits for one.
const blockTime = 20 * time.Second

func (s *session) enter(ctx context.Context) (err error) {
	if s.you, err = open(ctx, s.world.XMPP, "you"); err != nil {
		return err
	}
	if s.bob, err = open(ctx, s.world.XMPP, "bob"); err != nil {
		return err
	}
	if _, err := s.bob.client().Say(s.world.XMPP.Component, "register bob"); err != nil {
		return err
	}
	if _, err := s.bob.client().Hear(ctx, s.world.XMPP.Component); err != nil {
		return err
	}
	work, cancel := context.WithCancel(ctx)
	s.work, s.stop = work, cancel
	s.wg.Go(func() { s.you.keep(work, s.hear(""), s.print) })
	s.wg.Go(func() { s.bob.keep(work, s.hear("bob hears "), s.print) })
	s.wg.Go(func() { s.mineWhenNeeded(work) })
	if err := s.serveDoor(work); err != nil {
		s.leave()
		return err
	}
	return s.you.client().Presence(s.world.XMPP.Component, "subscribe")
}

func (s *session) leave() {
	s.stop()
	s.wg.Wait() // the lines close what they have
}

func (s *session) print(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, format+"\n", args...)
}

func (s *session) explain() {
	x := s.world.XMPP
	s.print(`
The sandbox runs: %s, a regtest chain, Lightning nodes with channels, bitcoim on SQLite, in %s.
You are you@%s, and what you type goes to the wallet at %s. Try:

    register alice          then: address, /fund, balance, pay 5000 bob lunch, confirm CODE
    receive 1234 the boat   then: /pay
    link moneysocket game budget 2000/day   then: /game, /game 3000, allow CODE, apps

    /fund [SAT]             somebody pays to your address (a block comes within %s)
    /pay [INVOICE] [SAT]    a stranger's Lightning node pays an invoice, or the last one that you were shown
    /invoice SAT [MEMO]     that node makes an invoice for you to pay
    /game [SAT]             a game that has your last beacon pays, within its budget or with your leave
    /mine [N]               mine blocks now
    /to NAME, /to           talk to a contact (bob, or an address), back to the wallet
    /audit                  compare the books with the node
    /quit

Everybody has a page to be paid at: %s/@bob; /pay pays the invoice that it shows, too. Other wallets
know him as bob@%s.

To join with any XMPP client, without encryption (this is loopback):

    account bob@%s or you@%s, password secret, host and port %s
    profanity:  /connect you@%s server 127.0.0.1 port %s tls disable
`, x.Kind, s.world.Dir, x.Domain, x.Component, blockTime, s.door, world.Site, x.Domain, x.Domain, x.C2S, x.Domain, x.C2S[strings.LastIndex(x.C2S, ":")+1:])
}

// hear prints what a client hears.
func (s *session) hear(who string) func(xmppclient.Stanza) {
	return func(m xmppclient.Stanza) {
		body := ""
		if m.Element != nil {
			body = m.ChildText("body")
		}
		if body == "" {
			return
		}
		if who == "" {
			s.remember(body)
		}
		from, _, _ := strings.Cut(m.Attribute("from"), "@"+s.world.XMPP.Component)
		if from == m.Attribute("from") {
			from = "gw"
		}
		s.print("%s%s> %s", who, from, strings.ReplaceAll(body, "\n", "\n    "))
	}
}

// mineWhenNeeded makes a block when a transaction waits for one.
func (s *session) mineWhenNeeded(ctx context.Context) {
	t := time.NewTicker(blockTime)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if waiting, err := s.world.Chain.Mempool(ctx); err == nil && len(waiting) > 0 {
			if _, err := s.world.Chain.Mine(ctx, 1); err == nil {
				s.print("  (a block is mined)")
			}
		}
	}
}

// talk sends each line where it belongs, until the lines or ctx end.
func (s *session) talk(ctx context.Context, lines <-chan string) error {
	to := s.world.XMPP.Component
	for {
		var line string
		var open bool
		select {
		case <-ctx.Done():
			return nil
		case line, open = <-lines:
			if !open {
				return nil
			}
		}
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		var err error
		switch words[0] {
		case "/quit":
			return nil
		case "/to":
			to = s.world.XMPP.Component
			if len(words) > 1 {
				to = words[1] + "@" + to
			}
			s.print("  (you talk to %s)", to)
		case "/mine":
			_, err = s.world.Chain.Mine(ctx, number(words, 1))
		case "/fund":
			err = s.fund(ctx, int64(number(words, 100_000)))
		case "/pay":
			err = s.strangerPays(ctx, words)
		case "/game":
			err = s.play(s.work, words)
		case "/invoice":
			err = s.strangerAsks(ctx, words)
		case "/audit":
			var said string
			said, err = s.world.Gateways[0].Run(ctx, "audit", "-world")
			s.print("%s", said)
		default:
			_, err = s.you.client().Say(to, line)
		}
		if err != nil {
			s.print("  (that did not work: %v)", err)
		}
	}
}

// number is the second word as a number.
func number(words []string, otherwise int) int {
	if len(words) > 1 {
		if n, err := strconv.Atoi(words[1]); err == nil && n > 0 {
			return n
		}
	}
	return otherwise
}
