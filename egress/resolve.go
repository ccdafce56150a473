package egress

import (
	"context"
	"net"
)

// ending is r, or Go's own resolver if r is nil, with lookups that end when
// nobody waits for them any more. Go's waits for an answer to each question
// until its own timeout, seconds after the context has ended. The C library's
// would take 0x7f.1 for an address.
func ending(r *net.Resolver) *net.Resolver {
	dial := new(net.Dialer).DialContext
	e := &net.Resolver{PreferGo: true}
	if r != nil {
		e.StrictErrors = r.StrictErrors
		if r.Dial != nil {
			dial = r.Dial
		}
	}
	e.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		if udp, ok := conn.(*net.UDPConn); ok { // it must stay a PacketConn: that is how the resolver knows it
			return question{udp, stop}, nil
		}
		return asked{conn, stop}, nil
	}
	return e
}

// question is a question over UDP, asked one over TCP.
type (
	question struct {
		*net.UDPConn
		stop func() bool
	}
	asked struct {
		net.Conn
		stop func() bool
	}
)

func (q question) Close() error { q.stop(); return q.UDPConn.Close() }

func (a asked) Close() error { a.stop(); return a.Conn.Close() }
