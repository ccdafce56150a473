package main

import (
	"context"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
)

// checkPayments looks whether something stops payments to the outside.
func checkPayments(ctx context.Context, c config.Config, d *db.DB) (string, error) {
	return knownToStop(ctx, d, max(time.Hour, 2*c.Audit.Every))
}

// knownToStop says what stops payments, as an error, or when somebody looked last. What
// the nodes did since then is in no books: a database that was restored knows of nothing.
func knownToStop(ctx context.Context, d *db.DB, recent time.Duration) (string, error) {
	all, err := freeze.Causes(ctx, d.Read())
	if err != nil {
		return "", err
	}
	if len(all) > 0 {
		said, err := stopped(ctx, d, all[0])
		if err == nil {
			err = fmt.Errorf("%s; bitcoim audit says all that stops them", said)
		}
		return "", err
	}
	at, err := audit.Compared(ctx, d.Read())
	if err != nil {
		return "", err
	}
	now, err := d.Now(ctx)
	if err != nil {
		return "", err
	}
	const looks = "; serve looks before it pays, bitcoim audit -world looks now"
	said := "nothing that is known stops them"
	if at == 0 {
		return said + "; never compared with the nodes" + looks, nil
	}
	said += "; last compared with the nodes " + time.Unix(at, 0).UTC().Format(time.DateTime)
	if now-at > int64(recent.Seconds()) {
		said += ": nobody knows what they did since" + looks
	}
	return said, nil
}
