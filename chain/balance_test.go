package chain_test

import (
	"path/filepath"
	"testing"

	"github.com/bitcoim/bitcoim/chain/chaintest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
)

const balanceTape = "balance.jsonl.gz"

// TestBitcoindBalance holds the contract about what the wallet holds against a real
// bitcoind where there is one.
func TestBitcoindBalance(t *testing.T) {
	path, ok := nodes.Bitcoind()
	if !ok {
		t.Skip("no bitcoind in $BITCOIND or $PATH")
	}
	chaintest.RunBalance(t, func(t *testing.T) chaintest.Bench {
		c := startBitcoind(t, path)
		if *recording == "" {
			return bitcoindBench(t, c.RPC.Host, c)
		}
		tp := record(t, "http://"+c.RPC.Host, filepath.Join(recordings, *recording, balanceTape))
		return taped(bitcoindBench(t, tp.server.URL, c), tp)
	})
}

// TestBitcoindBalanceRecorded holds it against what a real bitcoind answered once.
func TestBitcoindBalanceRecorded(t *testing.T) {
	recorded(t, balanceTape, func(t *testing.T, file string) {
		chaintest.RunBalance(t, func(t *testing.T) chaintest.Bench {
			tp := replay(t, file)
			return taped(bitcoindBench(t, tp.server.URL, nil), tp)
		})
	})
}

func TestLNDBalance(t *testing.T) {
	chaintest.RunBalance(t, lndBench)
}
