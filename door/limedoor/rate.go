package limedoor

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
)

// Types of what things cost.
const (
	TypeRate lime.MediaType = "application/vnd.bitcoim.rate+json"
	TypeFees lime.MediaType = "application/vnd.bitcoim.fees+json"
)

// Rate is what an amount of a currency is in sat.
type Rate struct {
	Currency string       `json:"currency"`
	Amount   lime.Decimal `json:"amount"`
	Sat      int64        `json:"sat"`
	Fine     string       `json:"msat,omitempty"`
	Age      int64        `json:"age"` // of the rate, in seconds
}

// MediaType is TypeRate.
func (Rate) MediaType() lime.MediaType { return TypeRate }

// Fees are what the chain takes now, in sat per 1000 virtual bytes.
type Fees struct {
	Slow   int64 `json:"slow"`
	Normal int64 `json:"normal"`
	Fast   int64 `json:"fast"`
}

// MediaType is TypeFees.
func (Fees) MediaType() lime.MediaType { return TypeFees }

func (d *Door) rates(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/rate", rate, limeserver.ForGuests(), limeserver.ForAnybody())
	d.handle(m, lime.Get, "/fees", func(ctx context.Context, c *call) (lime.Document, error) {
		if err := c.mayLook(ctx); err != nil {
			return nil, err
		}
		all, err := d.desk.Rates(ctx)
		return Fees{Slow: all["slow"], Normal: all["normal"], Fast: all["fast"]}, err
	})
}

// rate knows the units of bitcoin, and what the desk has a rate for.
func rate(_ context.Context, c *call) (lime.Document, error) {
	r := Rate{Currency: strings.ToUpper(c.Query.Get("currency")), Amount: lime.Decimal(c.Query.Get("amount"))}
	if r.Currency == "" {
		r.Currency = "BTC"
	}
	if r.Amount == "" {
		r.Amount = "1"
	}
	m, age, err := c.door.price(string(r.Amount), r.Currency)
	r.Sat, r.Fine, r.Age = m.Sats(), fine(m), age
	return r, err
}
