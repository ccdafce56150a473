//go:build !js

package moneysocket_test

import (
	"context"
	"net"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// What the examples need around them ends with their context; the last of it
// after they have returned, which goleak waits for.

func demoRelay(ctx context.Context) (*moneysocket.Relay, moneysocket.Location) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	r := &moneysocket.Relay{}
	go func() { _ = r.Serve(ctx, l) }()
	return r, moneysocket.Location{Host: "127.0.0.1", Port: uint16(l.Addr().(*net.TCPAddr).Port), Plain: true}
}

// demo is a wallet that pays, its beacon, and an invoice.
func demo(ctx context.Context) (beacon, bolt11 string) {
	r, at := demoRelay(ctx)
	b := moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{at}}
	w := &moneysocket.Provider{Pay: func(context.Context, moneysocket.Request) moneysocket.Answer {
		return moneysocket.Answer{Preimage: "c86fc49c48ad029fc753ea932d83aebe7e1f5073c3235774ffc6fa5782becd27"}
	}}
	w.Show(true, true, moneysocket.Bitcoin(1_000_000))
	go func() { _ = w.Run(ctx, moneysocket.Incoming(r, b.Seed)) }()
	return b.String(), recorded
}

func demoApp(ctx context.Context, beacon string) error {
	b, err := moneysocket.ParseBeacon(beacon)
	if err != nil {
		return err
	}
	a := &moneysocket.Consumer{Link: moneysocket.Outgoing(b, moneysocket.Dialer{})}
	go func() { _ = a.Run(ctx) }()
	_, err = a.Pay(ctx, recorded)
	return err
}
