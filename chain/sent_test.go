package chain_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain/chaintest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
)

const sentTape = "sent.jsonl.gz"

// noBlock is the hash of no block.
var noBlock = strings.Repeat("00", 31) + "01"

// TestBitcoindSent holds the contract about what left against a real bitcoind
// where there is one.
func TestBitcoindSent(t *testing.T) {
	path, ok := nodes.Bitcoind()
	if !ok {
		t.Skip("no bitcoind in $BITCOIND or $PATH")
	}
	chaintest.RunSent(t, func(t *testing.T) chaintest.Bench {
		c := startBitcoind(t, path)
		if *recording == "" {
			b := bitcoindBench(t, c.RPC.Host, c)
			b.Strange = noBlock
			return b
		}
		tp := record(t, "http://"+c.RPC.Host, filepath.Join(recordings, *recording, sentTape))
		b := taped(bitcoindBench(t, tp.server.URL, c), tp)
		b.Strange = noBlock
		return b
	})
}

// TestBitcoindSentRecorded holds it against what a real bitcoind answered once.
func TestBitcoindSentRecorded(t *testing.T) {
	recorded(t, sentTape, func(t *testing.T, file string) {
		chaintest.RunSent(t, func(t *testing.T) chaintest.Bench {
			tp := replay(t, file)
			b := taped(bitcoindBench(t, tp.server.URL, nil), tp)
			b.Strange = noBlock
			return b
		})
	})
}

func TestLNDSent(t *testing.T) {
	chaintest.RunSent(t, func(t *testing.T) chaintest.Bench {
		b := lndBench(t)
		b.Strange = "1000000"
		return b
	})
}
