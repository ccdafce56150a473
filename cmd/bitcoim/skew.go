package main

import (
	"context"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/db"
)

// mostSkew is how far, in seconds, the clock of this machine may be from that of
// the database. Leases and expiries go by the database's; what a user is told,
// and the certificates and invoices of others, go by this one.
const mostSkew = 5

// inTime is an error unless the two clocks agree.
func inTime(ctx context.Context, d *db.DB, clock func() time.Time) error {
	before := clock().Unix()
	theirs, err := d.Now(ctx)
	if err != nil {
		return err
	}
	after := clock().Unix() // the answer was given between the two
	switch {
	case theirs < before-mostSkew:
		return fmt.Errorf("the clock of this machine is %d seconds ahead of the database's: set both by NTP", before-theirs)
	case theirs > after+mostSkew:
		return fmt.Errorf("the clock of this machine is %d seconds behind the database's: set both by NTP", theirs-after)
	}
	return nil
}
