package chain_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
)

// between does something right before one of the questions that a balance is made of.
type between struct {
	mu    sync.Mutex
	path  string
	after int // questions of that path that pass before
	do    func()
}

func (b *between) arm(path string, after int, do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.path, b.after, b.do = path, after, do
}

func (b *between) asked(r *http.Request, _ []byte) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.do == nil || r.URL.Path != b.path {
		return ""
	}
	if b.after--; b.after < 0 {
		b.do()
		b.do = nil
	}
	return ""
}

func (b *between) waits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.do != nil
}

// TestLNDIsCountedWhileItPays: what happens between two questions is in the sum as a
// whole, or not yet.
func TestLNDIsCountedWhileItPays(t *testing.T) {
	c, l := startLND(t)
	trust, err := trusting(l.TLSCertPath)
	if err != nil {
		t.Fatal(err)
	}
	var gap between
	way := loseAnswers(t, "https://"+l.RESTAddr, trust, gap.asked)
	counted := openLND(t, l, chain.Config{LND: chain.LNDConfig{URL: way.server.URL, MacaroonFile: l.MacaroonPath}})
	node := openLND(t, l, chain.Config{}) // another gateway, which pays

	const coins, sat = 20, 100_000
	for range coins {
		addr, err := node.Address(t.Context(), "")
		if err == nil {
			_, err = c.Fund(t.Context(), addr, sat)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	mine := func() {
		if _, err := c.Mine(t.Context(), 1); err != nil {
			t.Error(err)
		}
	}
	mine()
	has := coins * sat * amount.Sat
	sum := func() amount.Msat {
		t.Helper()
		b, err := counted.Balance(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return b.Confirmed + b.Unconfirmed
	}
	for sum() != has { // until the test's time is over
	}
	lease := func() chain.Prepared {
		p, err := node.Prepare(t.Context(), []chain.Output{{Address: stranger, Amount: 10_000 * amount.Sat}}, 2000, sat*amount.Sat)
		if err != nil {
			t.Error(err)
		}
		return p
	}
	free := func(p chain.Prepared) {
		if err := node.Release(t.Context(), p); err != nil {
			t.Error(err)
		}
	}
	lease() // what was prepared before stays
	for _, path := range []string{"/v1/balance/blockchain", "/v2/wallet/utxos", "/v2/wallet/utxos/leases", "/v1/transactions"} {
		for after := range 2 {
			t.Run(fmt.Sprintf("%s, %d before", path, after), func(t *testing.T) {
				var p chain.Prepared
				for _, is := range []struct {
					name string
					do   func()
					paid bool
				}{
					{"a coin is leased", func() { p = lease() }, false},
					{"it is free again", func() { free(p) }, false},
					{"another is leased", func() { p = lease() }, false},
					{"it is spent", func() {
						if err := node.Broadcast(t.Context(), p); err != nil {
							t.Error(err)
						}
					}, true},
					{"its block comes", mine, false},
				} {
					gap.arm(path, after, is.do)
					right := []amount.Msat{has}
					got := sum()
					if gap.waits() {
						t.Fatalf("%s: it was not asked", is.name)
					}
					if is.paid {
						has -= 10_000*amount.Sat + p.Fee
						right = append(right, has)
					}
					if !slices.Contains(right, got) {
						t.Errorf("%s meanwhile: got %d msat, want one of %d", is.name, got, right)
					}
					if now := sum(); now != has {
						t.Errorf("%s: then it is %d msat, want %d", is.name, now, has)
					}
				}
			})
		}
	}
}
