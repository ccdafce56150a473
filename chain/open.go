package chain

import (
	"context"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"
)

// Config says which wallet to use and how to reach it.
type Config struct {
	Kind     string // "bitcoind" or "lnd"
	Network  string // "mainnet", "testnet4", "signet", "regtest"
	Bitcoind BitcoindConfig
	LND      LNDConfig
	// FallbackFeeRate is used when the node has no estimate, as on regtest.
	// With 0, FeeRate says ErrWarmingUp instead.
	FallbackFeeRate FeeRate
	// Timeout bounds every call whose context does not end sooner; 30
	// seconds if 0.
	Timeout time.Duration
}

// defaultTimeout is long enough for a wallet that lists thousands of coins
// and short enough for a worker that waits.
const defaultTimeout = 30 * time.Second

// kinds are the wallets we know.
var kinds = map[string]func(Config, *chaincfg.Params) (Node, error){
	"bitcoind": openBitcoind,
	"lnd":      openLND,
}

// Open prepares to speak to a wallet. The node need not be up: only a
// configuration that can never work is an error here, Info tells the rest.
// The first call that reaches the node compares its network with ours, and
// nothing else is asked of it before: ErrWrongChain.
func Open(_ context.Context, cfg Config) (Node, error) {
	open, ok := kinds[cfg.Kind]
	if !ok {
		return nil, fmt.Errorf("chain: unknown kind of node %q", cfg.Kind)
	}
	p, err := paramsOf(cfg.Network)
	if err != nil {
		return nil, err
	}
	if cfg.FallbackFeeRate < 0 {
		return nil, fmt.Errorf("chain: fallback fee rate %d is negative", cfg.FallbackFeeRate)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	return open(cfg, p)
}
