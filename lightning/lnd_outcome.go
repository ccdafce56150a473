package lightning

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/answer"
)

// lndPayment is lnrpc.Payment.
type lndPayment struct {
	Hash     string `json:"payment_hash"`
	Preimage string `json:"payment_preimage"`
	Msat     int64  `json:"value_msat,string"`
	Fee      int64  `json:"fee_msat,string"`
	Status   string `json:"status"`
	Reason   string `json:"failure_reason"`
	Index    uint64 `json:"payment_index,string"` // a new one each time
	Begun    int64  `json:"creation_time_ns,string"`
	HTLCs    []struct {
		Route struct {
			Hops []struct {
				PubKey string `json:"pub_key"`
			} `json:"hops,omitempty"`
		} `json:"route,omitempty"`
	}
}

// lndReasons are lnrpc.PaymentFailureReason.
var lndReasons = map[string]Reason{
	"FAILURE_REASON_TIMEOUT":                   TimedOut,
	"FAILURE_REASON_NO_ROUTE":                  NoRoute,
	"FAILURE_REASON_INCORRECT_PAYMENT_DETAILS": Wrong,
	"FAILURE_REASON_INSUFFICIENT_BALANCE":      NoBalance,
}

// outcomeOf reads a payment as LND tells it.
func outcomeOf(text []byte) (Outcome, error) {
	var p lndPayment
	if err := answer.Decode(text, &p); err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return p.outcome()
}

// outcome takes nothing on trust: a success needs its proof, and a status that
// nobody knows is still on its way.
func (p *lndPayment) outcome() (Outcome, error) {
	o := Outcome{State: InFlight, Attempt: p.Index}
	if !bytes32(p.Hash, o.Hash[:]) {
		return Outcome{}, fmt.Errorf("%w: payment hash %q", ErrNoProof, p.Hash)
	}
	if !sane(p.Msat) || !sane(p.Fee) {
		return Outcome{}, fmt.Errorf("%w: %d msat with a fee of %d", ErrNoProof, p.Msat, p.Fee)
	}
	switch p.Status {
	case "SUCCEEDED":
		if !bytes32(p.Preimage, o.Preimage[:]) || sha256.Sum256(o.Preimage[:]) != o.Hash {
			return Outcome{}, fmt.Errorf("%w: the preimage is not of %s", ErrNoProof, p.Hash)
		}
		o.State, o.Fee = Succeeded, amount.Msat(p.Fee)
	case "FAILED":
		o.State, o.Reason = Failed, Other
		if r, ok := lndReasons[p.Reason]; ok {
			o.Reason = r
		}
	}
	o.Amount = amount.Msat(p.Msat)
	if p.Begun > 0 {
		o.Begun = time.Unix(0, p.Begun).UTC()
	}
	return o, nil
}

// to reports whether every way that was tried ends at the node of that key.
func (p *lndPayment) to(pubKey string) bool {
	for _, h := range p.HTLCs {
		if n := len(h.Route.Hops); n == 0 || h.Route.Hops[n-1].PubKey != pubKey {
			return false
		}
	}
	return len(p.HTLCs) > 0
}

func sane(msat int64) bool { return msat >= 0 && msat <= int64(amount.Max) }

// bytes32 reads 32 bytes of hexadecimal into b.
func bytes32(text string, b []byte) bool {
	if len(text) != 64 {
		return false
	}
	_, err := hex.Decode(b, []byte(text))
	return err == nil
}
