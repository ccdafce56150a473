package legacy

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
)

// readPeople reads the registrations. Usernames came in December 2010; before
// that nobody had one.
func (s *Source) readPeople(ctx context.Context, old *sql.DB) error {
	has, err := columns(ctx, old, "registrations")
	if err != nil {
		return err
	}
	if err := must("registrations", has, "id", "registered_jid"); err != nil {
		return err
	}
	query := `SELECT id, CAST(registered_jid AS TEXT), '' FROM registrations ORDER BY id`
	if slices.Contains(has, "username") {
		query = `SELECT id, CAST(registered_jid AS TEXT), CAST(username AS TEXT) FROM registrations ORDER BY id`
	}
	return each(ctx, old, query, func(scan func(...any) error) error {
		var row any
		var jid, name sql.NullString
		err := scan(&row, &jid, &name)
		s.people = append(s.people, person{row: number(row), jid: jid.String, name: name.String})
		return err
	})
}

// readOrders reads the payments that wait for their code. A payment that was
// made was deleted, or, for five days in December 2010, marked as paid.
func (s *Source) readOrders(ctx context.Context, old *sql.DB) error {
	has, err := columns(ctx, old, "payments")
	if err != nil || len(has) == 0 && s.Version == 0 {
		return err // payments are younger than registrations
	}
	if err := must("payments", has, "id", "from_jid", "date", "recipient", "amount", "comment", "confirmation_code"); err != nil {
		return err
	}
	const from = `
SELECT id, CAST(from_jid AS TEXT), CAST(date AS TEXT), CAST(recipient AS TEXT), amount, CAST(comment AS TEXT), CAST(confirmation_code AS TEXT)
FROM payments`
	query := from + ` ORDER BY id`
	if slices.Contains(has, "paid") {
		paid, err := texts(ctx, old, `SELECT COUNT(*) FROM payments WHERE paid <> 0`)
		if err != nil {
			return err
		}
		s.Paid, _ = strconv.Atoi(paid[0])
		query = from + ` WHERE paid = 0 ORDER BY id`
	}
	return each(ctx, old, query, func(scan func(...any) error) error {
		var row, price any
		var o [5]sql.NullString
		if err := scan(&row, &o[0], &o[1], &o[2], &price, &o[3], &o[4]); err != nil {
			return err
		}
		text, ok := decimal(price)
		s.orders = append(s.orders, order{row: number(row), from: o[0].String, date: o[1].String, to: o[2].String,
			memo: o[3].String, code: o[4].String, price: text, badPrice: !ok})
		return nil
	})
}

func must(table string, has []string, want ...string) error {
	if len(has) == 0 {
		return fmt.Errorf("%w: it has no table %s", ErrNotOurs, table)
	}
	for _, column := range want {
		if !slices.Contains(has, column) {
			return fmt.Errorf("%w: its table %s has no column %s", ErrNotOurs, table, column)
		}
	}
	return nil
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}

// decimal writes a number of the old file, which kept BTC as a float, as the
// shortest decimal text that means the same float: what was typed then.
func decimal(v any) (string, bool) {
	switch n := v.(type) {
	case int64:
		return strconv.FormatInt(n, 10), true
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64), true
	}
	return "", false
}
