// Package handshake is a LIME session that is not established yet, as both sides have it.
package handshake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/lime"
)

// MaxRounds is how often an authenticator may ask back.
const MaxRounds = 8

// Handshake is a session that is not established: one envelope each, in turns.
type Handshake struct {
	Transport lime.Transport
	ID        string
	Write     time.Duration // for what was sent to be taken by the network
	TLS       time.Duration // for the TLS handshake
}

// Send writes a session envelope.
func (h *Handshake) Send(ctx context.Context, s *lime.Session) error {
	b, err := lime.Encode(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, h.Write)
	defer cancel()
	return h.Transport.Send(ctx, [][]byte{b})
}

// received is what one read brought.
type received struct {
	session *lime.Session
	err     error
}

// Receive reads the peer's next session envelope. What is none is a Reason.
// The transport is read by a goroutine, because a read that is interrupted
// would close some transports, and the peer is to be told why.
func (h *Handshake) Receive(ctx context.Context) (*lime.Session, error) {
	come := make(chan received, 1)
	go func() {
		s, err := h.Read()
		come <- received{s, err}
	}()
	select {
	case r := <-come:
		return r.session, r.err
	case <-ctx.Done():
	}
	return nil, h.giveUp(ctx, come)
}

// giveUp says that time is up, closes the transport, and waits for the reader.
func (h *Handshake) giveUp(ctx context.Context, come <-chan received) error {
	reason := lime.Errorf(lime.NegotiationTimeout, "the session was not established in time")
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		reason = lime.Errorf(lime.SessionError, "the server is closing")
	}
	_ = h.Refuse(reason)
	h.Transport.Abort()
	<-come
	return reason
}

// Read reads the peer's next session envelope, however long it takes.
func (h *Handshake) Read() (*lime.Session, error) {
	b, err := h.Transport.Receive()
	if err != nil {
		return nil, err
	}
	e, err := lime.Decode(b)
	s, is := e.(*lime.Session)
	switch {
	case e == nil:
		return nil, err
	case !is:
		return nil, lime.Errorf(lime.InvalidAction, "the session is not established")
	case err != nil:
		return nil, err
	}
	return s, nil
}

// Refuse tells the client that its session failed.
func (h *Handshake) Refuse(reason *lime.Reason) error {
	ctx, cancel := context.WithTimeout(context.Background(), h.Write)
	defer cancel()
	return h.Send(ctx, &lime.Session{Header: lime.Header{ID: h.ID}, State: lime.StateFailed, Reason: reason})
}

// Shake does the TLS handshake of a connection that begins with it.
func (h *Handshake) Shake(ctx context.Context) error {
	t, is := h.Transport.(interface{ Shake(context.Context) error })
	if !is {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.TLS)
	defer cancel()
	return t.Shake(ctx)
}

// Encrypt switches the transport.
func (h *Handshake) Encrypt(ctx context.Context, e lime.Encryption) error {
	ctx, cancel := context.WithTimeout(ctx, h.TLS)
	defer cancel()
	if err := h.Transport.Encrypt(ctx, e); err != nil {
		return fmt.Errorf("lime: the switch to %s: %w", e, err)
	}
	return nil
}
