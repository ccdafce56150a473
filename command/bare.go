package command

import (
	"github.com/bitcoim/bitcoim/amount"
)

// A bare 0.5 is half a bitcoin to somebody who counts in satoshi. It may have been meant
// otherwise, and is a lot of money, so whoever is about to pay it reads how it was read.

// sayBTC adds that to a quote.
func (c *Call) sayBTC(r *Reply) {
	if text := c.Arg("amount"); amount.ReadAsBTC(text, c.unit()) {
		r.add("pay.recap-as-btc", map[string]any{"text": text})
	}
}
