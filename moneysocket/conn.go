package moneysocket

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Conn carries whole frames. Read and Write may be used at the same time, each
// by one goroutine, and Close by any; Write of a [Relay]'s connections is used
// by two. When a context ends or an error is returned the connection is lost.
type Conn interface {
	// Read returns the next binary frame. Text frames are left out.
	Read(ctx context.Context) ([]byte, error)
	Write(ctx context.Context, frame []byte) error
	// Close says goodbye, as far as the other side listens, and lets go.
	Close() error
}

// polite is how long the other side may take to say goodbye.
const polite = time.Second

// drop closes a connection without a goodbye, where that can be done.
func drop(c Conn) {
	if d, ok := c.(interface{ drop() }); ok {
		d.drop()
	} else {
		_ = c.Close()
	}
}

// Limits keep a stranger from taking more than his share. The zero value is
// the defaults; a negative number is no limit.
type Limits struct {
	Message int           // bytes of a message: 64 KiB
	Rate    int           // messages a second of one connection, slower after twice as many: 20
	Slow    time.Duration // how long one message may take, to come or to go: 10 s
	Quiet   time.Duration // after how long in silence a connection is asked whether it lives: 30 s

	// The rest is for those who listen.
	First       time.Duration // how long a newcomer may say nothing: 30 s
	Connections int           // at the same time: 4096
	PerAddress  int           // of these, of one IP address: 32
	Waiting     int           // of these, alone at a rendezvous: 2048
}

func (l Limits) filled() Limits {
	for of, usual := range map[*int]int{&l.Message: 64 << 10, &l.Rate: 20, &l.Connections: 4096, &l.PerAddress: 32, &l.Waiting: 2048} {
		if *of == 0 {
			*of = usual
		}
	}
	for of, usual := range map[*time.Duration]time.Duration{&l.Slow: 10 * time.Second, &l.Quiet: 30 * time.Second, &l.First: 30 * time.Second} {
		if *of == 0 {
			*of = usual
		}
	}
	return l
}

// pace returns what slows a connection down to the rate.
func (l Limits) pace() *rate.Limiter {
	if l.Rate < 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(rate.Limit(l.Rate), 2*l.Rate)
}

// hush is how long a connection may be silent before it is asked for a sign of
// life: a little less than Quiet, so that those who came together are not asked
// together.
func (l Limits) hush() time.Duration { return l.Quiet - rand.N(l.Quiet/4+1) }

// above reports whether n is over a limit.
func above(n, limit int) bool { return limit >= 0 && n > limit }

// errTooBig is a message over the limit.
var errTooBig = errors.New("a message that is too big")

// pipeDepth is how many frames wait in a pipe.
const pipeDepth = 16

// pipeEnd is one end of a connection within the process.
type pipeEnd struct {
	in, out chan []byte
	gone    chan struct{} // of both ends
	once    *sync.Once
}

// newPipe returns both ends of a connection within the process.
func newPipe() (Conn, Conn) {
	a, b := make(chan []byte, pipeDepth), make(chan []byte, pipeDepth)
	gone, once := make(chan struct{}), new(sync.Once)
	return &pipeEnd{a, b, gone, once}, &pipeEnd{b, a, gone, once}
}

func (p *pipeEnd) Read(ctx context.Context) ([]byte, error) {
	select { // what was written before the end is read
	case frame := <-p.in:
		return frame, nil
	default:
	}
	select {
	case frame := <-p.in:
		return frame, nil
	case <-p.gone:
		return nil, io.EOF
	case <-ctx.Done():
		_ = p.Close()
		return nil, ctx.Err()
	}
}

func (p *pipeEnd) Write(ctx context.Context, frame []byte) error {
	select {
	case <-p.gone:
		return io.ErrClosedPipe
	default:
	}
	select {
	case p.out <- frame:
		return nil
	case <-p.gone:
		return io.ErrClosedPipe
	case <-ctx.Done():
		_ = p.Close()
		return ctx.Err()
	}
}

func (p *pipeEnd) Close() error {
	p.once.Do(func() { close(p.gone) })
	return nil
}
