package chain_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/chain"
)

func TestOpen(t *testing.T) {
	core := chain.BitcoindConfig{URL: "127.0.0.1:8332", User: "u", Password: "p"}
	lnd := chain.LNDConfig{URL: "https://lnd.example.org:8080", Macaroon: "0201"}
	for _, tt := range []struct {
		name string
		cfg  chain.Config
		ok   bool
	}{
		{"bitcoind", chain.Config{Kind: "bitcoind", Network: "mainnet", Bitcoind: core}, true},
		{"bitcoind by cookie", chain.Config{Kind: "bitcoind", Network: "signet", Bitcoind: chain.BitcoindConfig{URL: "http://[::1]:8332/", CookieFile: "/x"}}, true},
		{"lnd", chain.Config{Kind: "lnd", Network: "testnet4", LND: lnd}, true},
		{"lnd by files", chain.Config{Kind: "lnd", Network: "regtest", LND: chain.LNDConfig{URL: "https://127.0.0.1:8080", CertFile: "/x", MacaroonFile: "/y"}}, true},
		{"no kind", chain.Config{Network: "mainnet", Bitcoind: core}, false},
		{"no network", chain.Config{Kind: "bitcoind", Bitcoind: core}, false},
		{"a network nobody knows", chain.Config{Kind: "bitcoind", Network: "main", Bitcoind: core}, false},
		{"bitcoind without a password", chain.Config{Kind: "bitcoind", Network: "mainnet", Bitcoind: chain.BitcoindConfig{URL: "127.0.0.1:8332"}}, false},
		{"bitcoind with both", chain.Config{Kind: "bitcoind", Network: "mainnet", Bitcoind: chain.BitcoindConfig{URL: "127.0.0.1:8332", Password: "p", CookieFile: "/x"}}, false},
		{"bitcoind without a port", chain.Config{Kind: "bitcoind", Network: "mainnet", Bitcoind: chain.BitcoindConfig{URL: "127.0.0.1", Password: "p"}}, false},
		{"bitcoind with a path", chain.Config{Kind: "bitcoind", Network: "mainnet", Bitcoind: chain.BitcoindConfig{URL: "127.0.0.1:8332/wallet/x", Password: "p"}}, false},
		{"lnd in the clear", chain.Config{Kind: "lnd", Network: "mainnet", LND: chain.LNDConfig{URL: "http://lnd.example.org:8080", Macaroon: "0201"}}, false},
		{"lnd without a macaroon", chain.Config{Kind: "lnd", Network: "mainnet", LND: chain.LNDConfig{URL: "https://127.0.0.1:8080"}}, false},
		{"lnd with a macaroon of letters", chain.Config{Kind: "lnd", Network: "mainnet", LND: chain.LNDConfig{URL: "https://127.0.0.1:8080", Macaroon: "xyz"}}, false},
		{"lnd nowhere", chain.Config{Kind: "lnd", Network: "mainnet", LND: chain.LNDConfig{Macaroon: "0201"}}, false},
		{"a fee rate below zero", chain.Config{Kind: "lnd", Network: "mainnet", LND: lnd, FallbackFeeRate: -1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			node, err := chain.Open(t.Context(), tt.cfg) // asks nobody
			if (err == nil) != tt.ok {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				stopped(t, node.Close)
			}
		})
	}
}

func TestCheckAddress(t *testing.T) {
	for addr, network := range map[string]string{
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4":                     "mainnet", // BIP 173
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2":                             "mainnet",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "mainnet", // BIP 350
		"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx":                     "testnet4",
		stranger: "regtest",
	} {
		for _, n := range []string{"mainnet", "testnet4", "regtest"} {
			if err := chain.CheckAddress(n, addr); (err == nil) != (n == network) {
				t.Errorf("%s on %s: got %v", addr, n, err)
			}
		}
	}
}
