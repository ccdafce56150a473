package command

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What doors for machines read of an account, beyond what commands say. Whether
// somebody may look is asked with a command first.

// Order finds an order of a user by its code, the newest if the code came
// again; a NotFound fault if there is none.
func (d *Desk) Order(ctx context.Context, user, code string) (_ OrderRecord, err error) {
	defer later(&err)
	unknown := paymentorder.ErrUnknown.With(fault.Args{"code": clip(code, 40)})
	if !paymentorder.IsCode(code) {
		return OrderRecord{}, unknown
	}
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		return OrderRecord{}, err
	}
	o, err := paymentorder.ByCode(ctx, d.DB.Read(), u.ID, code)
	if err != nil {
		return OrderRecord{}, err
	}
	return d.record(ctx, *o)
}

// record is an order as it is now.
func (d *Desk) record(ctx context.Context, o paymentorder.Order) (r OrderRecord, err error) {
	r = recordOf(o, d.Clock().Unix())
	pause, err := o.Pause(ctx, d.DB.Read(), d.unlooked(&o))
	r.Stopped = pause == paymentorder.Stopped
	return r, err
}

// OrderAsked finds the order that a request with this ID made; a NotFound fault
// if there is none.
func (d *Desk) OrderAsked(ctx context.Context, user, id string) (_ OrderRecord, err error) {
	defer later(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		return OrderRecord{}, err
	}
	o, err := paymentorder.ByKey(ctx, d.DB.Read(), u.ID, fit(id))
	if err != nil {
		return OrderRecord{}, err
	}
	return d.record(ctx, *o)
}

// Reused reports whether the ID of a request was spent within a day on one that
// said something else. It tells a program of its mistake and guards nothing, so it
// reads without a lock: of two such requests that come to two instances at once
// each is done, once, as two with two IDs would be.
func (d *Desk) Reused(ctx context.Context, r Request) (_ bool, err error) {
	defer later(&err)
	if r.ID = fit(r.ID); r.ID == "" {
		return false, nil
	}
	key, since := d.key(r, d.Clock().Unix())
	since = max(since, d.Clock().Unix()-24*3600)
	query, args := `
SELECT key FROM request
WHERE jid = $1 AND created >= $2 AND key <> $3 AND LENGTH(key) = LENGTH($3) AND SUBSTR(key, 1, $4) = SUBSTR($3, 1, $4)`,
		[]any{r.User, since, key, utf8.RuneCountInString(r.ID) + 1}
	if d.DB.Dialect == db.SQLite { // which compares bytes, so that the index finds them; PostgreSQL is fast enough without
		query += ` AND key > $5 AND key < $6`
		args = append(args, r.ID+" ", r.ID+"!")
	}
	var other []string
	err = sqlx.SelectContext(ctx, d.DB.Read(), &other, query+` LIMIT 1`, args...)
	if err != nil {
		return false, fmt.Errorf("command: key: %w", err)
	}
	return len(other) > 0, nil
}

// Orders lists a part of a user's orders, newest first, and counts them all.
func (d *Desk) Orders(ctx context.Context, user string, skip, take int) (all []OrderRecord, total int, err error) {
	defer later(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		return nil, 0, err
	}
	orders, total, err := paymentorder.Page(ctx, d.DB.Read(), u.ID, skip, take)
	for _, o := range orders {
		r, err := d.record(ctx, o)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, r)
	}
	return all, total, err
}

// Invoice finds an invoice of a user by its payment hash; a NotFound fault if
// there is none.
func (d *Desk) Invoice(ctx context.Context, user, hash string) (_ InvoiceRecord, err error) {
	defer later(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		return InvoiceRecord{}, err
	}
	in, err := invoice.Find(ctx, d.DB.Read(), clip(hash, 64))
	if err != nil {
		return InvoiceRecord{}, err
	}
	if in == nil || in.User != u.ID {
		return InvoiceRecord{}, errInvoiceUnknown
	}
	return invoiceRecordOf(*in, d.Clock().Unix()), nil
}

// Invoices lists a part of a user's own invoices, newest first, and counts them all.
func (d *Desk) Invoices(ctx context.Context, user string, skip, take int) (all []InvoiceRecord, total int, err error) {
	defer later(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		return nil, 0, err
	}
	invoices, total, err := invoice.Page(ctx, d.DB.Read(), u.ID, skip, take)
	for _, i := range invoices {
		all = append(all, invoiceRecordOf(i, d.Clock().Unix()))
	}
	return all, total, err
}

// errNoTransaction is the fault of a transaction that is none of the user's.
var errNoTransaction = fault.Define(fault.NotFound, "tx.none")

// Transaction lists what a transaction of the chain did to a user; a NotFound
// fault if that is nothing.
func (d *Desk) Transaction(ctx context.Context, user, txid string) (_ []Entry, err error) {
	defer later(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		return nil, err
	}
	lines, err := statement.OfTransaction(ctx, d.DB.Read(), int64(u.ID), clip(txid, 64))
	if err == nil && len(lines) == 0 {
		err = errNoTransaction
	}
	return entriesOf(lines), err
}

// Rates are what the network takes now, in sat per 1000 virtual bytes, by speed.
func (d *Desk) Rates(ctx context.Context) (_ map[string]int64, err error) {
	defer later(&err)
	rates := map[string]int64{}
	for _, speed := range speeds {
		rate, err := chain.FeeRateFor(ctx, d.Chain, speed)
		if err != nil {
			return nil, away(err)
		}
		rates[speed] = int64(rate)
	}
	return rates, nil
}

// Tip is the newest block that the node knows.
func (d *Desk) Tip(ctx context.Context) (height int64, hash string, err error) {
	defer later(&err)
	i, err := d.Chain.Info(ctx)
	if err != nil {
		return 0, "", away(err)
	}
	return i.Height, i.Hash, nil
}

// Named says how the desk knows the user who has a username; a NotFound fault
// if nobody has it. It is for doors that let users in by their names.
func (d *Desk) Named(ctx context.Context, username string) (_ Account, err error) {
	defer later(&err)
	u, err := useraccount.ByName(ctx, d.DB.Read(), username)
	if err != nil {
		return Account{}, err
	}
	return Account{JID: u.JID, Registered: true, Admin: d.admin(u.JID), Username: u.Name, Lang: u.Lang, Unit: u.Unit, Suspended: u.Suspended}, nil
}

// Since says when a user first registered, in seconds; a NotFound fault if the
// JID never did.
func (d *Desk) Since(ctx context.Context, user string) (_ int64, err error) {
	defer later(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		return 0, err
	}
	return u.Created, nil
}
