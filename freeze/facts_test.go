package freeze_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// of is another fact about the same thing.
func of(c freeze.Cause, r freeze.Reason) freeze.Cause {
	c.Reason, c.What = r, string(r)
	return c
}

// That a node forgot a payment was acknowledged. That it was made after its money was
// given back is another fact about the same hash.
func TestAnotherFactAboutTheSameThingStopsPayments(t *testing.T) {
	each(t, func(h house) {
		forgot := of(proof, freeze.Restored)
		h.stop(forgot)
		h.acknowledge(forgot.Ref)
		if h.stop(forgot) {
			h.Error("what was acknowledged stops payments again")
		}
		if !h.stop(proof) {
			h.Error("another fact stops nothing")
		}
		h.is("another fact", proof.Ref)
	})
}

// Each of two facts stops payments, and an operator who declares what it was has been
// shown both.
func TestTwoFactsAboutOneThing(t *testing.T) {
	each(t, func(h house) {
		forgot := of(proof, freeze.Restored)
		if !h.stop(proof) || !h.stop(forgot) || h.stop(proof) {
			h.Error("each stops payments once")
		}
		h.is("both", proof.Ref, proof.Ref)
		if !h.acknowledge(proof.Ref) || h.acknowledge(proof.Ref) {
			h.Error("they are acknowledged once")
		}
		h.is("acknowledged")
		if h.stop(proof) || h.stop(forgot) {
			h.Error("what was acknowledged stops payments again")
		}
	})
}

// What an operator will send or pay is expected. That it was given back, or that a node
// forgot it, is not.
func TestOnlyWhatIsSentOrPaidIsExpected(t *testing.T) {
	for reason, stops := range map[freeze.Reason]bool{freeze.Spent: false, freeze.Paid: false,
		freeze.Proof: true, freeze.Earlier: true, freeze.OtherNode: true, freeze.Restored: true} {
		t.Run(string(reason), func(t *testing.T) {
			each(t, func(h house) {
				c := of(proof, reason)
				h.do(func(tx *db.Tx) (bool, error) { return freeze.Expect(h.Context(), tx, c.Ref, "me") })
				if h.stop(c) != stops {
					h.Errorf("it stops payments: %v, want %v", !stops, stops)
				}
			})
		})
	}
}

// What is found of one payment is over when it is right again, and by an operator's
// word: then it is not found again.
func TestWhatIsFoundOfOnePaymentEndsEitherWay(t *testing.T) {
	for _, reason := range []freeze.Reason{freeze.Unmade, freeze.Unmined, freeze.Earlier,
		freeze.Uncredited, freeze.Miscredited, freeze.Unreceived} {
		t.Run(string(reason), func(t *testing.T) {
			each(t, func(h house) {
				c, other := of(proof, reason), of(proof, freeze.Proof)
				h.stop(c)
				h.stop(other)
				if !c.ClearsItself() || !h.clear(c) || h.clear(c) {
					h.Error("it is not over once")
				}
				h.is("the other fact is left", other.Ref)
				if !h.stop(c) {
					h.Error("it is found again, and stops nothing")
				}
				if !h.acknowledge(c.Ref) || h.stop(c) {
					h.Error("it is acknowledged, and stops payments")
				}
				h.is("acknowledged")
			})
		})
	}
}
