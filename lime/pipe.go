package lime

import (
	"context"
	"io"
	"slices"
	"sync"
)

// maxEnvelope is the limit of a pipe before somebody sets one, in bytes.
const maxEnvelope = 256 << 10

// Pipe makes the two ends of a transport within this process.
func Pipe() (client, server Transport) {
	up, down := make(chan []byte, 16), make(chan []byte, 16)
	over := &ending{done: make(chan struct{})}
	return &pipe{in: down, out: up, over: over, limit: maxEnvelope}, &pipe{in: up, out: down, over: over, limit: maxEnvelope}
}

// ending is the end of both ends.
type ending struct {
	once sync.Once
	done chan struct{}
}

type pipe struct {
	in    <-chan []byte
	out   chan<- []byte
	over  *ending
	limit int
}

func (p *pipe) Limit(bytes int) { p.limit = bytes }

// Receive returns also what was sent before the other end was closed.
func (p *pipe) Receive() ([]byte, error) {
	select {
	case b := <-p.in:
		return p.check(b)
	default:
	}
	select {
	case b := <-p.in:
		return p.check(b)
	case <-p.over.done:
	}
	select {
	case b := <-p.in:
		return p.check(b)
	default:
		return nil, io.EOF
	}
}

func (p *pipe) check(b []byte) ([]byte, error) {
	if len(b) > p.limit {
		return nil, ErrTooLong
	}
	return b, nil
}

func (p *pipe) Send(ctx context.Context, envelopes [][]byte) error {
	for _, e := range envelopes {
		select {
		case <-p.over.done:
			return io.ErrClosedPipe
		default:
		}
		select {
		case p.out <- slices.Clone(e):
		case <-p.over.done:
			return io.ErrClosedPipe
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Options has no encryption: there is no network between.
func (p *pipe) Options() []Encryption { return []Encryption{NoEncryption} }

func (p *pipe) Encrypt(_ context.Context, e Encryption) error {
	if e != NoEncryption {
		return Errorf(NegotiationInvalid, "a pipe has no %s", e)
	}
	return nil
}

func (p *pipe) Info() Info { return Info{Kind: "pipe", Encryption: NoEncryption} }

func (p *pipe) Close(error) error {
	p.Abort()
	return nil
}

func (p *pipe) Abort() { p.over.once.Do(func() { close(p.over.done) }) }
