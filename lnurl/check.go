package lnurl

import (
	"bytes"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/bolt11"
	"github.com/bitcoim/bitcoim/fault"
)

// Facts are what our own node says about the invoice of a quote.
type Facts struct {
	Amount          amount.Msat // 0 if the invoice leaves it open
	DescriptionHash []byte      // nil if it has none
	Expires         time.Time
}

// Check compares an invoice with what was asked for (LUD-06, steps 6 and 7).
// An invoice that passes may be paid without another question: its faults
// are lnurl.wrong-network, lnurl.wrong-amount, lnurl.wrong-hash and
// lnurl.expired.
func Check(q Quote, network address.Network, f Facts, now time.Time) error {
	host := q.Request.Offer.Host
	if !bolt11.OfNetwork(q.Invoice, string(network)) {
		return ErrWrongNetwork.With(fault.Args{"host": host})
	}
	if f.Amount != q.Request.Amount || f.Amount <= 0 {
		return ErrLNURL.New(fault.Invalid, "lnurl.wrong-amount", fault.Args{
			"host": host, "want": int64(q.Request.Amount), "got": int64(f.Amount)})
	}
	hash := q.Request.Offer.Metadata.Hash()
	if !bytes.Equal(f.DescriptionHash, hash[:]) {
		return ErrLNURL.New(fault.Invalid, "lnurl.wrong-hash", fault.Args{"host": host})
	}
	if !f.Expires.After(now) {
		return ErrLNURL.New(fault.Invalid, "lnurl.expired", fault.Args{"host": host})
	}
	return nil
}
