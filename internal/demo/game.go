package main

import (
	"context"
	"errors"
	"regexp"

	"github.com/bitcoim/bitcoim/moneysocket"
)

var beacons = regexp.MustCompile(`moneysocket1[0-9a-z]{50,}`)

var errNoBeacon = errors.New("say link moneysocket game budget 2000/day first")

// game is a Moneysocket app at the wallet of the person in the chat.
type game struct {
	beacon string // the last that was shown
	played string // the one that the app uses
	app    *moneysocket.Consumer
	leave  context.CancelFunc
}

// play has a game that joined with the last beacon want something that costs
// so many satoshis. Whether it gets it may depend on a word in the chat, so
// that nobody waits here.
func (s *session) play(ctx context.Context, words []string) error {
	s.mu.Lock()
	beacon := s.game.beacon
	s.mu.Unlock()
	if beacon == "" {
		return errNoBeacon
	}
	if beacon != s.game.played {
		if err := s.joins(ctx, beacon); err != nil {
			return err
		}
	}
	sat := number(words, 150)
	invoice, err := s.world.Net.Nodes[1].Invoice(ctx, int64(sat), "a new level")
	if err != nil {
		return err
	}
	app := s.game.app
	s.wg.Go(func() {
		info, err := app.Info(ctx)
		if err == nil {
			s.print("  (the game sees %s, and wants a new level for %d sat)", info.Wad, sat)
			_, err = app.Pay(ctx, invoice)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			s.print("  (the game hears: %v)", err)
		default:
			s.print("  (the game has the proof that %d sat were paid)", sat)
		}
	})
	return nil
}

// joins starts the game, and ends the one before.
func (s *session) joins(ctx context.Context, beacon string) error {
	b, err := moneysocket.ParseBeacon(beacon)
	if err != nil {
		return err
	}
	if s.game.leave != nil {
		s.game.leave()
	}
	ctx, s.game.leave = context.WithCancel(ctx)
	app := &moneysocket.Consumer{Link: moneysocket.Outgoing(b, moneysocket.Dialer{})}
	s.game.app, s.game.played = app, beacon
	s.wg.Go(func() { _ = app.Run(ctx) })
	return nil
}
