package limedoor

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// TypeBalance is what an account has.
const TypeBalance lime.MediaType = "application/vnd.bitcoim.balance+json"

// Balance is what an account has, in sat.
type Balance struct {
	Available int64  `json:"available"` // to spend
	Pending   int64  `json:"pending"`   // received and not confirmed
	Held      int64  `json:"held"`      // set aside for payments under way
	Unit      string `json:"unit"`      // sat
	Fiat      *Fiat  `json:"fiat,omitempty"`
	Fine      string `json:"availableMsat,omitempty"` // to spend in thousandths, if it is not whole
}

// Fiat is what can be spent, in a currency of the world.
type Fiat struct {
	Currency string       `json:"currency"`
	Amount   lime.Decimal `json:"amount"`
}

// MediaType is TypeBalance.
func (Balance) MediaType() lime.MediaType { return TypeBalance }

func balanceOf(available, pending, held amount.Msat) Balance {
	return Balance{Available: available.Sats(), Pending: pending.Sats(), Held: held.Sats(), Unit: "sat", Fine: fine(available)}
}

func (d *Door) balances(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/balance", func(ctx context.Context, c *call) (lime.Document, error) {
		h, err := c.holdings(ctx)
		if err != nil {
			return nil, err
		}
		b := balanceOf(h.Balance, h.Pending, h.Held)
		if currency := c.Query.Get("currency"); currency != "" {
			f, err := d.desk.Worth(h.Balance, currency)
			if err != nil {
				return nil, err
			}
			b.Fiat = &Fiat{f.Code, lime.Decimal(f.Units)}
		}
		return b, nil
	})
	d.observable(m, "/balance")
}

func timeOf(at int64) time.Time { return time.Unix(at, 0) }

// holdings is what the account has.
func (c *call) holdings(ctx context.Context) (wallet.Holdings, error) {
	by, err := c.caller(ctx, "balance")
	if err != nil {
		return wallet.Holdings{}, err
	}
	return c.door.desk.Balance(ctx, by)
}
