package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// recipient finds whom the call means: who is named, or the contact spoken to. onlyHere
// is the fault of naming another on a contact.
func (c *Call) recipient(ctx context.Context, onlyHere *fault.Error) (wallet.Recipient, error) {
	text := c.Arg("to")
	if c.To.Kind != wallet.GatewayContact {
		if text != "" && !c.isHere(text) {
			return wallet.Recipient{}, onlyHere.With(fault.Args{"who": c.To.Name})
		}
		text = c.To.Name
	}
	if text == "" {
		return wallet.Recipient{}, c.usage()
	}
	return c.Service.Recipient(ctx, c.by, text, c.Arg("speed") != "")
}

// isHere reports whether text names the contact spoken to.
func (c *Call) isHere(text string) bool {
	if c.To.Kind == wallet.AddressContact {
		a, err := address.Parse(text, c.Policy.Network)
		return err == nil && a.String() == c.To.Name
	}
	return strings.TrimSuffix(address.Fold(text), "@"+c.Policy.Domain) == c.To.Name
}
