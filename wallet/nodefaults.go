package wallet

import (
	"errors"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/lightning"
)

// ChainFault says that the node could not answer; what it did we do not know.
func ChainFault(err error) error {
	switch {
	case errors.Is(err, chain.ErrNoFunds):
		return ErrNoFunds.Because(err)
	case errors.Is(err, chain.ErrDust):
		return ErrDust.Because(err)
	case errors.Is(err, chain.ErrBadAddress):
		return ErrBadAddress.Because(err)
	}
	return ErrChainAway.Because(err)
}

// LightningFault says that the Lightning node could not answer.
func LightningFault(err error) error {
	switch {
	case errors.Is(err, lightning.ErrBadInvoice):
		return ErrInvoiceBad.Because(err)
	case errors.Is(err, lightning.ErrRefused):
		return ErrLightningRefused.Because(err)
	}
	return ErrLightningAway.Because(err)
}
