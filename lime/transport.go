package lime

import (
	"context"
	"crypto/x509"
	"net"
)

// Transport carries envelopes as bytes, one connection's worth. One goroutine
// receives and one sends, at the same time.
type Transport interface {
	// Receive returns the bytes of the next envelope, which are good until the
	// next call. It returns io.EOF where the peer ended, ErrTooLong and
	// ErrNotJSON for what cannot be an envelope.
	Receive() ([]byte, error)
	// Send writes envelopes in their order. After an error or the end of ctx
	// the transport is of no more use.
	Send(ctx context.Context, envelopes [][]byte) error
	// Limit says how long an envelope may be from now on, in bytes.
	Limit(bytes int)
	// Options are the encryptions to which Encrypt can switch, with the
	// present one.
	Options() []Encryption
	// Encrypt switches the encryption. Nobody may send or receive meanwhile.
	Encrypt(ctx context.Context, e Encryption) error
	// Info says with whom it connects.
	Info() Info
	// Close says goodbye as the transport does: why is nil for a usual end. It
	// may take a second for the peer to read what was sent.
	Close(why error) error
	// Abort ends it at once. Receive and Send return.
	Abort()
}

// Info is what a transport knows of its peer.
type Info struct {
	Kind        string // tcp, websocket or pipe
	Remote      string // IP address, without the port; "" within a process
	Encryption  Encryption
	Certificate *x509.Certificate // verified; nil: the peer presented none
}

// Secure reports whether a stranger on the network cannot read along: by
// encryption, or because there is no network between.
func (i Info) Secure() bool {
	return i.Encryption == TLS || i.Remote == "" || net.ParseIP(i.Remote).IsLoopback()
}
