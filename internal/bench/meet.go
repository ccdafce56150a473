package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// unlimited is for those who measure; the limits of who is measured stay.
var unlimited = moneysocket.Limits{Rate: -1, Slow: -1, Quiet: -1}

// dialer is that of app i, who comes from an address of its own on loopback, so
// that no limit of one address is measured.
func dialer(i int) moneysocket.Dialer {
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(i>>8), byte(i))}}
	return moneysocket.Dialer{NetDial: from.DialContext, Timeout: stuck, Limits: unlimited}
}

// callers are apps that come, see their wallet, and go.
type callers struct {
	beacons []moneysocket.Beacon
	came    atomic.Int64
}

// call lets the next app come and go.
func (c *callers) call(ctx context.Context, _ int) error {
	n := int(c.came.Add(1)-1) % len(c.beacons)
	conn, err := meet(ctx, n, c.beacons[n])
	if err != nil {
		return err
	}
	return conn.Close()
}

// meet brings app i to where it has seen its wallet: it dials, asks for the
// rendezvous and for the provider, and reads until that has answered.
func meet(ctx context.Context, i int, b moneysocket.Beacon) (moneysocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, stuck)
	defer cancel()
	conn, err := dialer(i).Dial(ctx, b.Locations[0])
	if err != nil {
		return nil, err
	}
	if err := introduce(ctx, conn, b.Seed); err != nil {
		return nil, errors.Join(fmt.Errorf("app %d: %w", i, err), conn.Close())
	}
	return conn, nil
}

// introduce asks for the rendezvous, then for the provider.
func introduce(ctx context.Context, conn moneysocket.Conn, s moneysocket.Seed) error {
	if err := atRelay(ctx, conn, s); err != nil {
		return fmt.Errorf("at the rendezvous: %w", err)
	}
	codec := moneysocket.NewCodec(s)
	if err := conn.Write(ctx, codec.Encode(moneysocket.NewRequest(moneysocket.RequestProvider))); err != nil {
		return fmt.Errorf("at the wallet: %w", err)
	}
	if err := await(ctx, conn, codec, moneysocket.NotifyProvider); err != nil {
		return fmt.Errorf("at the wallet: %w", err)
	}
	return nil
}

// atRelay asks for a rendezvous, and waits until somebody else is there.
func atRelay(ctx context.Context, conn moneysocket.Conn, s moneysocket.Seed) error {
	ask := moneysocket.NewRequest(moneysocket.RequestRendezvous)
	ask.Rendezvous = s.Rendezvous()
	codec := moneysocket.NewCodec(s)
	if err := conn.Write(ctx, codec.Encode(ask)); err != nil {
		return err
	}
	return await(ctx, conn, codec, moneysocket.NotifyRendezvous)
}

// await reads until a message of that name came.
func await(ctx context.Context, conn moneysocket.Conn, codec *moneysocket.Codec, name moneysocket.Name) error {
	for {
		frame, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		if m, err := codec.Decode(frame); err == nil && m.Name == name {
			return nil
		}
	}
}

// visit dials a bare websocket and goes.
func visit(at moneysocket.Location) func(ctx context.Context, i int) error {
	return func(ctx context.Context, i int) error {
		conn, err := dialer(i).Dial(ctx, at)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}
