package command

import (
	"errors"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/wallet"
)

// pasted takes a line that begins with a payment link or an address: that is
// a payment or, if it is nothing but an address, a wish to talk to it.
func (c *Call) pasted(words []string) (bool, error) {
	if c.To.Kind != wallet.GatewayContact {
		return false, nil
	}
	link := address.IsURI(words[0]) || wallet.IsInvoice(words[0])
	switch _, err := address.Parse(words[0], c.Policy.Network); {
	case link:
	case errors.Is(err, address.ErrInvalid):
		return false, nil
	case err != nil:
		return true, err // an address with a typing error, or of another network
	}
	if len(words) == 1 && !link {
		c.Command, c.Args = talk, map[string]string{"address": words[0]}
		return true, nil
	}
	c.Command = c.named("pay")
	var err error
	c.Args, err = payWords(c, words)
	return true, err
}
