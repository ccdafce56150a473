//go:build !js

package moneysocket_test

import (
	"context"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// An app: it waits for the wallet behind a beacon and has it pay an invoice.
func ExampleConsumer() {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	beacon, invoice := demo(ctx)

	b, err := moneysocket.ParseBeacon(beacon)
	if err != nil {
		fmt.Println(err)
		return
	}
	app := &moneysocket.Consumer{Link: moneysocket.Outgoing(b, moneysocket.Dialer{})}
	go func() { _ = app.Run(ctx) }()

	info, err := app.Info(ctx)
	fmt.Println(info.Wad, err)
	preimage, err := app.Pay(ctx, invoice)
	fmt.Println(preimage[:8], err)
	// Output:
	// ₿ 1000.000 sat <nil>
	// c86fc49c <nil>
}

// A wallet: it makes a beacon, waits for an app at its own relay, and asks a
// person about each payment.
func ExampleProvider() {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	relay, at := demoRelay(ctx)

	b := moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{at}}
	wallet := &moneysocket.Provider{}
	wallet.Pay = func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
		fmt.Println("may it pay", r.Invoice.Amount, "msat?")
		go wallet.Answer(r.Link, r.UUID, moneysocket.Answer{Error: "she said no"})
		return moneysocket.Answer{} // later, however long she takes
	}
	wallet.Show(true, false, moneysocket.Bitcoin(1_000_000))
	go func() { _ = wallet.Run(ctx, moneysocket.Incoming(relay, b.Seed)) }()

	fmt.Println(demoApp(ctx, b.String()))
	// Output:
	// may it pay 2500 msat?
	// the provider refused: she said no
}
