package p2p_test

import (
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/bench/relay"
	"github.com/bitcoim/bitcoim/p2p"
)

// BenchmarkBroadcast hands transactions to three nodes until all have all of
// them, and prints how many a second that were; beside it, in turns with it,
// sendrawtransaction to one node by its fastest RPC, until that node has them
// (rpc-one) and until the other two have them from it (rpc-all). Run it with
// -benchtime 1x: how much it does is given.
func BenchmarkBroadcast(b *testing.B) {
	const each, rounds = 1000, 3
	for b.Loop() {
		bench, err := relay.Start(b.Context(), b.TempDir(), 3*each*rounds)
		if err != nil {
			b.Fatal(err)
		}
		took := map[string]time.Duration{}
		for range rounds {
			for _, mode := range []p2p.Mode{p2p.Push, p2p.Inv} {
				d, err := bench.P2P(b.Context(), mode, each)
				if err != nil {
					b.Fatal(mode, err)
				}
				took[mode.String()] += d
			}
			one, all, err := bench.RPC(b.Context(), each)
			if err != nil {
				b.Fatal(err)
			}
			took["rpc-one"] += one
			took["rpc-all"] += all
		}
		rate := func(name string) float64 { return each * rounds / took[name].Seconds() }
		for name := range took {
			b.ReportMetric(rate(name), name+"-tx/s")
		}
		b.ReportMetric(rate("push")/rate("rpc-one"), "push/rpc-one")
		b.ReportMetric(rate("push")/rate("rpc-all"), "push/rpc-all")
		if err := bench.Stop(); err != nil {
			b.Error(err)
		}
	}
}
