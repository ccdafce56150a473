package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// Payments over Moneysocket move while the gateway has the journal, which the operator who
// lists the orders can only read. Nobody has it if the gateway is down, and then they wait.
func TestThatTheGatewayHasTheJournalKeepsNoPaymentWaiting(t *testing.T) {
	var c config.Config
	c.Chain.Network, c.Lightning.Backend, c.Lightning.Timeout = "regtest", "moneysocket", time.Second
	c.Lightning.Beacon = config.NewSecret(moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{{Host: "127.0.0.1", Port: 1, Plain: true}}}.String())
	c.Lightning.Journal = filepath.Join(t.TempDir(), "journal")
	if err := lightningReady(t.Context(), c); err == nil {
		t.Error("there is no provider, and payments do not wait for it")
	}
	gateway, err := openLightning(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer closeLightning(gateway)
	if err := lightningReady(t.Context(), c); err != nil {
		t.Errorf("the gateway has the journal: %v", err)
	}
}
