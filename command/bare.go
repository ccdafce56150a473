package command

import (
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

// A bare 0.5 is half a bitcoin to somebody who counts in satoshi. It may have been meant
// otherwise, and is a lot of money, so whoever is about to pay it reads how it was read.

// sayBTC adds that to a quote.
func (c *Call) sayBTC(r *Reply) {
	if text := c.Arg("amount"); amount.ReadAsBTC(text, c.unit()) {
		r.add("pay.recap-as-btc", map[string]any{"text": text})
	}
}

// tooMuchBTC says it to the user in person in place of what is short: they never
// wrote the sum that would be named there. An app hears what it hears of every amount.
func (c *Call) tooMuchBTC(m, balance amount.Msat) error {
	text := c.Arg("amount")
	if c.Request.App != 0 || m <= min(balance, c.House.Limits.Payment) || !amount.ReadAsBTC(text, c.unit()) {
		return nil
	}
	return fault.New(fault.InsufficientFunds, "pay.as-btc-too-much", fault.Args{"text": text, "amount": int64(m)})
}
