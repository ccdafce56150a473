// Package legacy brings over what python-bitcoim (2011) left behind: its users
// with their names, its open orders, and the balances that its operator wrote
// down. What came over before is left as it is, so it may be run again.
package legacy

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Report is what an import did, and what it could not do.
type Report struct {
	Users     int // new ones
	Known     int // users who were here before, left as they are
	Names     int // usernames that could be kept
	Orders    int // new ones, all expired
	OldOrders int // orders that came over before
	Balances  int // credited now
	Booked    int // credited before
	Credited  amount.Msat
	Problems  []string // what did not come over, and why
}

// importer is one import under way, in one transaction.
type importer struct {
	tx     *db.Tx
	now    int64
	report *Report
	users  map[string]*useraccount.User // by the JID of the old file, folded
	fresh  map[useraccount.ID]bool      // users whom this import made
}

// Import writes what was read in the caller's transaction. A row that makes no
// sense is a problem in the report and nothing else; a balance that can not be
// credited is an error, and then nothing of the import must be kept. At is in
// seconds.
func Import(ctx context.Context, tx *db.Tx, s *Source, b Balances, at int64) (*Report, error) {
	i := &importer{tx: tx, now: at, report: &Report{}, users: map[string]*useraccount.User{}, fresh: map[useraccount.ID]bool{}}
	outside, err := ledger.System(ctx, tx, "chain")
	if err != nil {
		return nil, err
	}
	// Two imports at once take turns here.
	if _, err := ledger.Lock(ctx, tx, outside); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		func() error { return i.people(ctx, s) },
		func() error { return i.orders(ctx, s) },
		func() error { return i.balances(ctx, b, outside) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return i.report, nil
}

func (i *importer) problem(format string, args ...any) {
	i.report.Problems = append(i.report.Problems, fmt.Sprintf(format, args...))
}
