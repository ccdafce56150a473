package wallet

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// DatabaseAway makes a fault of what the database could not do now, so that nobody
// takes it for a mistake of ours. Of a commit whose outcome is unknown it says
// nothing: that is the affair of Do.
func DatabaseAway(err *error) {
	slow := errors.Is(*err, context.DeadlineExceeded) && !errors.Is(*err, db.ErrUnknown)
	if fault.Is(*err, fault.Internal) && (slow || db.IsAway(*err)) {
		*err = ErrNotDone.Because(*err)
	}
}
