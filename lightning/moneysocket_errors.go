package lightning

import (
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// ErrNoCancel is what a node says that cannot take any invoice back. It is an
// ErrRefused that lasts: the invoice may be paid for as long as it is valid.
var ErrNoCancel = fmt.Errorf("%w: invoices cannot be taken back", ErrRefused)

// ErrElsewhere says that another process has the journal and the link to the provider.
// What the journal has can be read all the same, and Info tells whose it is.
var ErrElsewhere = errors.New("another process has the journal and the link")

// Why there is no provider to ask.
var (
	errNotYet   = errors.New("the provider was not there yet")
	errAlone    = errors.New("nobody else is at the rendezvous")
	errSameRole = errors.New("the other side is an app and no wallet")
	errClosed   = errors.New("closed")
)

// socketFault is what became of a request for an invoice, which does no harm
// if nobody has it. Of payments see pay.
func socketFault(err error) error {
	var no *moneysocket.Refused
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	case errors.Is(err, moneysocket.ErrWrong):
		return fmt.Errorf("%w: %w", ErrBadInvoice, err)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}
