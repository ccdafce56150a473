package audit

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
)

// strangers warns of books in which nothing was ever booked, before nodes that have a past.
// That is how a gateway begins. It is also how one looks whose operator has mistyped the
// name of the database: nothing is owed to anybody, so nothing is missing.
func (l *look) strangers(ctx context.Context) error {
	var booked []int64
	if err := sqlx.SelectContext(ctx, l.q, &booked, `SELECT id FROM transfer LIMIT 1`); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	var has []string
	if sum := l.Wallet + l.Channels; sum > 0 {
		has = append(has, "hold "+sats(sum))
	}
	if len(l.sent) > 0 {
		has = append(has, "have sent before")
	}
	if len(booked) == 0 && len(has) > 0 {
		l.Warnings = append(l.Warnings, "nothing was ever booked in this database, and the nodes "+strings.Join(has, " and ")+
			": if this gateway is not a new one, it is the wrong database")
	}
	return nil
}
