package freeze_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// A node begins another life when an operator says that it forgot what it showed: not
// when that is found, nor by what is said of anything else.
func TestEachTimeThatANodeForgotIsCounted(t *testing.T) {
	each(t, func(h house) {
		counts := func(when string, want int64) {
			h.Helper()
			if n, err := freeze.Forgot(h.Context(), h.Read()); err != nil || n != want {
				h.Errorf("%s: got %d (%v), want %d", when, n, err, want)
			}
		}
		at := func(when string, some bool) {
			h.Helper()
			if at, err := freeze.ForgotAt(h.Context(), h.Read()); err != nil || (at > 0) != some {
				h.Errorf("%s: at %d (%v), want a time: %v", when, at, err, some)
			}
		}
		first := freeze.Cause{Ref: "payments:7:aabbccdd", Reason: freeze.Restored}
		chain := freeze.Cause{Ref: "chain:7", Reason: freeze.Restored}
		counts("at the start", 0)
		for _, c := range []freeze.Cause{first, chain, of(proof, freeze.Restored), of(proof, freeze.Proof), of(first, freeze.OtherNode)} {
			h.stop(c)
		}
		counts("found", 0)
		h.acknowledge(chain.Ref)
		counts("the chain was set back", 0)
		at("the chain was set back", false)
		h.acknowledge(first.Ref)
		counts("said once", 1)
		at("said once", true)
		h.acknowledge(first.Ref)
		h.stop(first)
		counts("said again of the same", 1)
		h.acknowledge(proof.Ref)
		counts("said of another", 2)
		h.do(func(tx *db.Tx) (bool, error) { return freeze.Expect(h.Context(), tx, "payments:9:00", "me") })
		counts("said before it is found", 2)
	})
}
