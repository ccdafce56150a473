package lightning

import (
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/bolt11"
)

// scanFor reads what an invoice of a network says of itself, to compare it with
// what a node says: the node's reading decides. The text of what is read is in
// lower case, and may be part of a path. The error is ErrBadInvoice.
func scanFor(network, text string) (bolt11.Invoice, error) {
	return ofNetwork(network, text, bolt11.ParseUnverified)
}

// decoded reads an invoice where no node does it for us, and takes nothing that
// it cannot check. The error is ErrBadInvoice.
func decoded(network, text string) (Invoice, error) {
	i, err := ofNetwork(network, text, bolt11.Parse)
	if err != nil {
		return Invoice{}, err
	}
	return Invoice{Text: i.Text, Hash: i.Hash, Payee: i.Payee, Amount: amount.Msat(i.Msat), Description: i.Description, DescriptionHash: i.DescriptionHash,
		Created: i.Created, Expires: i.Expires(), MinFinalCLTV: i.FinalCLTV}, nil
}

func ofNetwork(network, text string, parse func(string) (bolt11.Invoice, error)) (bolt11.Invoice, error) {
	i, err := parse(text)
	switch {
	case err != nil:
		return bolt11.Invoice{}, fmt.Errorf("%w: %w", ErrBadInvoice, err)
	case i.Network != bolt11.Prefix(network):
		return bolt11.Invoice{}, fmt.Errorf("%w: ln%s is not how an invoice of %s begins", ErrBadInvoice, i.Network, network)
	}
	return i, nil
}
