package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/internal/bench/socket"
	"github.com/bitcoim/bitcoim/moneysocket"
)

const (
	burst = 200 // frames that a stream sends before it looks whether all came
	pairs = 16  // of connections, when there are many
)

// wires are pairs of connections, each through something that passes frames on.
type wires struct {
	pairs [][2]moneysocket.Conn
	frame []byte
}

// entrance brings a connection to where it is joined with another.
type entrance func(ctx context.Context, conn moneysocket.Conn, s moneysocket.Seed) error

// atSocket waits for the other.
func atSocket(ctx context.Context, conn moneysocket.Conn, _ moneysocket.Seed) error {
	frame, err := conn.Read(ctx)
	if err == nil && string(frame) != socket.Joined {
		err = fmt.Errorf("the socket says %q", frame)
	}
	return err
}

// connect makes pairs, one after the other, and frames as long as those of apps
// that pay. There may be pairs to close even if there is an error.
func connect(ctx context.Context, n int, at moneysocket.Location, enter entrance) (w *wires, err error) {
	ctx, cancel := context.WithTimeout(ctx, stuck)
	defer cancel()
	pay := moneysocket.NewRequest(moneysocket.RequestPay)
	pay.Bolt11 = fmt.Sprintf("lnbcrt%0300d", 0)
	w = &wires{frame: moneysocket.NewCodec(moneysocket.NewSeed()).Encode(pay)}
	for range n {
		var pair [2]moneysocket.Conn
		for i := range pair {
			if pair[i], err = dialer(i).Dial(ctx, at); err != nil {
				break
			}
		}
		w.pairs = append(w.pairs, pair)
		if err != nil {
			return w, err
		}
		s := moneysocket.NewSeed()
		g, ctx := errgroup.WithContext(ctx)
		for _, conn := range pair {
			g.Go(func() error { return enter(ctx, conn, s) })
		}
		if err := g.Wait(); err != nil {
			return w, err
		}
	}
	return w, nil
}

// close lets go; the end of one may already be that of the other.
func (w *wires) close() {
	for _, pair := range w.pairs {
		for _, conn := range pair {
			if conn != nil {
				_ = conn.Close()
			}
		}
	}
}

// pong sends a frame to the other side and back.
func (w *wires) pong(ctx context.Context, i int) error {
	for from := range w.pairs[i] {
		if err := w.pairs[i][from].Write(ctx, w.frame); err != nil {
			return err
		}
		if _, err := w.pairs[i][1-from].Read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stream sends frames to the other side as fast as they are taken.
func (w *wires) stream(ctx context.Context, i int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		for range burst {
			if err := w.pairs[i][0].Write(ctx, w.frame); err != nil {
				return err
			}
		}
		return nil
	})
	for range burst {
		if _, err := w.pairs[i][1].Read(ctx); err != nil {
			return errors.Join(err, g.Wait())
		}
	}
	return g.Wait()
}

// times says a sample of some things at a time as one of single things.
func (s sample) times(n int) sample {
	return sample{s.perSecond * float64(n), s.processor / time.Duration(n)}
}

// passing are frames that one process passes on: of one pair and of many, in
// turn and in one direction.
type passing struct{ pong, pongs, stream, streams []sample }

func (f *passing) measure(ctx context.Context, d time.Duration, pid int, at moneysocket.Location, enter entrance) error {
	w, err := connect(ctx, pairs, at, enter)
	defer w.close()
	if err != nil {
		return err
	}
	for _, one := range []struct {
		to    *[]sample
		pairs int
		each  int // frames at a time
		do    func(ctx context.Context, i int) error
	}{{&f.pong, 1, 2, w.pong}, {&f.pongs, pairs, 2, w.pong}, {&f.stream, 1, burst, w.stream}, {&f.streams, pairs, burst, w.stream}} {
		s, err := together(ctx, d, one.pairs, pid, one.do)
		if err != nil {
			return err
		}
		*one.to = append(*one.to, s.times(one.each))
	}
	return nil
}

// rows are those of the frames of ours beside those of a bare socket.
func (f *passing) rows(beside *passing) []row {
	const bare = "bare websockets"
	many := fmt.Sprintf("  %d pairs", pairs)
	return []row{
		pair{f.pong, beside.pong}.row("frames through a relay, to and fro, 1 pair", bare, 0),
		pair{f.pongs, beside.pongs}.row(many, bare, 0),
		pair{f.stream, beside.stream}.row("  one way, 1 pair", bare, 0),
		pair{f.streams, beside.streams}.row(many, bare, 0),
	}
}
