package command_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/nodetest"
	"github.com/bitcoim/bitcoim/lightning"
)

// walletSat is one coin in the wallet, so that fees are the same in every run.
const walletSat = 50_000_000

// nodes is the one chain and LND of this test process, and who speaks to it.
var nodes struct {
	nodetest.Wallet
	node, hasty             chain.Node // hasty is for when LND is frozen
	channels, hastyChannels lightning.Node
}

func TestMain(m *testing.M) {
	nodes.Coin, nodes.Connect = walletSat, connect
	nodetest.Main(m, disconnect, nodes.Stop)
}

// node is a wallet on regtest.
func node(t testing.TB) chain.Node {
	t.Helper()
	nodes.Start(t)
	return nodes.node
}

func connect(ctx context.Context, lnd chain.LNDConfig) (err error) {
	c := chain.Config{Kind: "lnd", Network: "regtest", FallbackFeeRate: 2000, LND: lnd}
	if nodes.node, err = chain.Open(ctx, c); err != nil {
		return err
	}
	c.Timeout = 50 * time.Millisecond // nobody answers anyway
	if nodes.hasty, err = chain.Open(ctx, c); err != nil {
		return err
	}
	l := lightning.Config{Kind: "lnd", Network: "regtest", LND: lnd}
	if nodes.channels, err = lightning.Open(ctx, l); err != nil {
		return err
	}
	l.Timeout = c.Timeout
	nodes.hastyChannels, err = lightning.Open(ctx, l)
	return err
}

func disconnect() error {
	var errs []error
	for _, n := range []interface{ Close() error }{nodes.node, nodes.hasty, nodes.channels, nodes.hastyChannels} {
		if n != nil {
			errs = append(errs, n.Close())
		}
	}
	return errors.Join(errs...)
}
