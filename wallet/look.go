package wallet

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/invoice"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What doors for machines read of an account, beyond what commands say. Whether
// somebody may look is asked with a command first.

// Order finds an order of a user by its code, the newest if the code came
// again; a NotFound fault if there is none.
func (s *Service) Order(ctx context.Context, user, code string) (_ OrderRecord, err error) {
	defer DatabaseAway(&err)
	unknown := paymentorder.ErrUnknown.With(fault.Args{"code": i18n.Clip(code, 40)})
	if !paymentorder.IsCode(code) {
		return OrderRecord{}, unknown
	}
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return OrderRecord{}, err
	}
	o, err := paymentorder.ByCode(ctx, s.DB.Read(), u.ID, code)
	if err != nil {
		return OrderRecord{}, err
	}
	return s.record(ctx, *o)
}

// record is an order as it is now.
func (s *Service) record(ctx context.Context, o paymentorder.Order) (r OrderRecord, err error) {
	r = recordOf(o, s.Clock().Unix())
	pause, err := o.Pause(ctx, s.DB.Read(), s.unlooked(&o))
	r.Stopped = pause == paymentorder.Stopped
	return r, err
}

// OrderAsked finds the order that a request with this ID made; a NotFound fault
// if there is none.
func (s *Service) OrderAsked(ctx context.Context, user, id string) (_ OrderRecord, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return OrderRecord{}, err
	}
	o, err := paymentorder.ByKey(ctx, s.DB.Read(), u.ID, Fit(id))
	if err != nil {
		return OrderRecord{}, err
	}
	return s.record(ctx, *o)
}

// Reused reports whether the ID of a request was spent within a day on one that
// said something else. It tells a program of its mistake and guards nothing, so it
// reads without a lock: of two such requests that come to two instances at once
// each is done, once, as two with two IDs would be.
func (s *Service) Reused(ctx context.Context, by Caller) (_ bool, err error) {
	defer DatabaseAway(&err)
	if by.Key.ID == "" {
		return false, nil
	}
	k := s.spent(by)
	since := max(k.since, by.Now-24*3600)
	query, args := `
SELECT key FROM request
WHERE jid = $1 AND created >= $2 AND key <> $3 AND LENGTH(key) = LENGTH($3) AND SUBSTR(key, 1, $4) = SUBSTR($3, 1, $4)`,
		[]any{by.JID, since, k.key, utf8.RuneCountInString(by.Key.ID) + 1}
	if s.DB.Dialect == db.SQLite { // which compares bytes, so that the index finds them; PostgreSQL is fast enough without
		query += ` AND key > $5 AND key < $6`
		args = append(args, by.Key.ID+" ", by.Key.ID+"!")
	}
	var other []string
	err = sqlx.SelectContext(ctx, s.DB.Read(), &other, query+` LIMIT 1`, args...)
	if err != nil {
		return false, fmt.Errorf("wallet: key: %w", err)
	}
	return len(other) > 0, nil
}

// Orders lists a part of a user's orders, newest first, and counts them all.
func (s *Service) Orders(ctx context.Context, user string, skip, take int) (all []OrderRecord, total int, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return nil, 0, err
	}
	orders, total, err := paymentorder.Page(ctx, s.DB.Read(), u.ID, skip, take)
	for _, o := range orders {
		r, err := s.record(ctx, o)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, r)
	}
	return all, total, err
}

// Invoice finds an invoice of a user by its payment hash; a NotFound fault if
// there is none.
func (s *Service) Invoice(ctx context.Context, user, hash string) (_ InvoiceRecord, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return InvoiceRecord{}, err
	}
	in, err := invoice.Find(ctx, s.DB.Read(), i18n.Clip(hash, 64))
	if err != nil {
		return InvoiceRecord{}, err
	}
	if in == nil || in.User != u.ID {
		return InvoiceRecord{}, ErrInvoiceUnknown
	}
	return invoiceRecordOf(*in, s.Clock().Unix()), nil
}

// Invoices lists a part of a user's own invoices, newest first, and counts them all.
func (s *Service) Invoices(ctx context.Context, user string, skip, take int) (all []InvoiceRecord, total int, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return nil, 0, err
	}
	invoices, total, err := invoice.Page(ctx, s.DB.Read(), u.ID, skip, take)
	for _, i := range invoices {
		all = append(all, invoiceRecordOf(i, s.Clock().Unix()))
	}
	return all, total, err
}

// Tip is the newest block that the node knows.
func (s *Service) Tip(ctx context.Context) (height int64, hash string, err error) {
	defer DatabaseAway(&err)
	i, err := s.Chain.Info(ctx)
	if err != nil {
		return 0, "", ChainFault(err)
	}
	return i.Height, i.Hash, nil
}

// Named says how the desk knows the user who has a username; a NotFound fault
// if nobody has it. It is for doors that let users in by their names.
func (s *Service) Named(ctx context.Context, username string) (_ Account, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByName(ctx, s.DB.Read(), username)
	if err != nil {
		return Account{}, err
	}
	return Account{JID: u.JID, Registered: true, Admin: s.Admin(u.JID), Username: u.Name, Lang: u.Lang, Unit: u.Unit, Suspended: u.Suspended}, nil
}

// Since says when a user first registered, in seconds; a NotFound fault if the
// JID never did.
func (s *Service) Since(ctx context.Context, user string) (_ int64, err error) {
	defer DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, s.DB.Read(), user)
	if err != nil {
		return 0, err
	}
	return u.Created, nil
}

// Account is how the wallet knows a JID.
type Account struct {
	JID        string
	Registered bool
	Username   string
	Admin      bool
	Lang, Unit string
	Suspended  bool
}
