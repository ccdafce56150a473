package limedoor_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/nodetest"
	"github.com/bitcoim/bitcoim/lightning"
)

// nodes is the one chain and LND of this test process, and who speaks to it.
var nodes struct {
	nodetest.Wallet
	node      chain.Node
	lightning lightning.Node
}

func TestMain(m *testing.M) {
	nodes.Coin, nodes.Connect = 50_000_000, connect
	nodetest.Main(m, disconnect, nodes.Stop)
}

func connect(ctx context.Context, lnd chain.LNDConfig) (err error) {
	nodes.node, err = chain.Open(ctx, chain.Config{Kind: "lnd", Network: "regtest", FallbackFeeRate: 2000, LND: lnd})
	if err != nil {
		return err
	}
	nodes.lightning, err = lightning.Open(ctx, lightning.Config{Kind: "lnd", Network: "regtest", LND: lnd})
	return err
}

func disconnect() error {
	var errs []error
	for _, n := range []interface{ Close() error }{nodes.node, nodes.lightning} {
		if n != nil {
			errs = append(errs, n.Close())
		}
	}
	return errors.Join(errs...)
}
