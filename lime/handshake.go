package lime

import (
	"context"
	"errors"
	"fmt"
)

// handshake is a session that is not established: one envelope each, in turns.
type handshake struct {
	transport Transport
	id        string
	limits    Limits
}

// send writes a session envelope.
func (h *handshake) send(ctx context.Context, s *Session) error {
	b, err := Encode(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, h.limits.Write)
	defer cancel()
	return h.transport.Send(ctx, [][]byte{b})
}

// received is what one read brought.
type received struct {
	session *Session
	err     error
}

// receive reads the peer's next session envelope. What is none is a Reason.
// The transport is read by a goroutine, because a read that is interrupted
// would close some transports, and the peer is to be told why.
func (h *handshake) receive(ctx context.Context) (*Session, error) {
	come := make(chan received, 1)
	go func() {
		s, err := h.read()
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
func (h *handshake) giveUp(ctx context.Context, come <-chan received) error {
	reason := Errorf(NegotiationTimeout, "the session was not established in time")
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		reason = Errorf(SessionError, "the server is closing")
	}
	_ = h.refuse(reason)
	h.transport.Abort()
	<-come
	return reason
}

func (h *handshake) read() (*Session, error) {
	b, err := h.transport.Receive()
	if err != nil {
		return nil, err
	}
	e, err := Decode(b)
	s, is := e.(*Session)
	switch {
	case e == nil:
		return nil, err
	case !is:
		return nil, Errorf(InvalidAction, "the session is not established")
	case err != nil:
		return nil, err
	}
	return s, nil
}

// refuse tells the client that its session failed.
func (h *handshake) refuse(reason *Reason) error {
	ctx, cancel := context.WithTimeout(context.Background(), h.limits.Write)
	defer cancel()
	return h.send(ctx, &Session{Header: Header{ID: h.id}, State: StateFailed, Reason: reason})
}

// shake does the TLS handshake of a connection that begins with it.
func (h *handshake) shake(ctx context.Context) error {
	t, is := h.transport.(*tcp)
	if !is {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.limits.Handshake)
	defer cancel()
	return t.shake(ctx)
}

// encrypt switches the transport.
func (h *handshake) encrypt(ctx context.Context, e Encryption) error {
	ctx, cancel := context.WithTimeout(ctx, h.limits.Handshake)
	defer cancel()
	if err := h.transport.Encrypt(ctx, e); err != nil {
		return fmt.Errorf("lime: the switch to %s: %w", e, err)
	}
	return nil
}
