package lightning_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
)

func TestOpen(t *testing.T) {
	good := lnd.Config{URL: "https://lnd.example.org:8080", Macaroon: "0201"}
	for name, tt := range map[string]struct {
		cfg  lightning.Config
		good bool
	}{
		"lnd":                    {lightning.Config{Kind: "lnd", Network: "mainnet", LND: good}, true},
		"lnd with its key":       {lightning.Config{Kind: "lnd", Network: "signet", LND: good, PubKey: strings.Repeat("02", 33)}, true},
		"no kind":                {lightning.Config{Network: "mainnet", LND: good}, false},
		"no network":             {lightning.Config{Kind: "lnd", LND: good}, false},
		"a network of tomorrow":  {lightning.Config{Kind: "lnd", Network: "testnet5", LND: good}, false},
		"a key that is none":     {lightning.Config{Kind: "lnd", Network: "mainnet", LND: good, PubKey: "alice"}, false},
		"a key that is cut":      {lightning.Config{Kind: "lnd", Network: "mainnet", LND: good, PubKey: "0202"}, false},
		"lnd that is not spoken": {lightning.Config{Kind: "lnd", Network: "mainnet", LND: lnd.Config{URL: "http://lnd.example.org", Macaroon: "0201"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := lightning.Open(t.Context(), tt.cfg); (err == nil) != tt.good {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPreimagesAreNotPrinted(t *testing.T) {
	p := lightning.Preimage{1, 2, 3, 250}
	text := fmt.Sprintf("%v %+v %s", p, lightning.Receipt{Preimage: p}, p)
	if strings.Contains(text, "250") || strings.Contains(text, "010203") {
		t.Errorf("got %s", text)
	}
}
