package main

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// past is what happened before somebody is measured: orders of all kinds, that are over, with
// all that the books have of them.
type past struct{ users, orders, own int }

// fill writes a past as fast as the engine can: in bulk, past the triggers, and then the sums
// that those would have kept. One user of ten orders is another one for each ten orders.
func (p past) fill(ctx context.Context, d *db.DB, now int64) error {
	err := d.Tx(ctx, func(tx *db.Tx) error {
		back, err := untriggered(ctx, tx)
		if err != nil {
			return err
		}
		steps := []step{
			{`INSERT INTO account (kind, name) SELECT 'user', 'user:o' || i FROM n WHERE i <= $1 ORDER BY i`, []any{p.users}},
			{`INSERT INTO account (kind, name) SELECT 'held', 'held:o' || i FROM n WHERE i <= $1 ORDER BY i`, []any{p.users}},
			{`INSERT INTO user_account (jid, money, held, created)
SELECT 'o' || i || '@localhost', (SELECT id FROM account WHERE name = 'user:o' || i), (SELECT id FROM account WHERE name = 'held:o' || i), 1 FROM n WHERE i <= $1 ORDER BY i`, []any{p.users}},
			{`INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'import:' || u.jid, 'open', c.id, u.money, 1000000000, 1 FROM user_account u CROSS JOIN account c WHERE c.name = 'chain' AND u.id > $1`, []any{0}},
		}
		first := `(SELECT MIN(id) FROM user_account WHERE jid LIKE 'o%')`
		steps = append(steps,
			step{orders(first+` + i % $3`, first+` + (i + 1) % $3`, `'o' || i`, `$2 - i * 7919 % 2592000`), []any{p.orders, now, p.users}},
			step{orders(`u.id`, `b.id`, `'a' || i`, `$2 - i % 86000`) + ` AND $3 >= 0`, []any{p.own, now, 0}},
		)
		for _, s := range append(steps, booked...) {
			if _, err := tx.ExecContext(ctx, numbers+s.query, s.args...); err != nil {
				return fmt.Errorf("%s: %w", s.query, err)
			}
		}
		if err := back(); err != nil {
			return err
		}
		if err := paymentorder.Resum(ctx, tx); err != nil {
			return err
		}
		return audit.Resum(ctx, tx)
	})
	if err != nil || d.Dialect != db.Postgres {
		return err
	}
	return d.Tx(ctx, func(tx *db.Tx) error { _, err := tx.ExecContext(ctx, `ANALYZE`); return err }) // as it does by itself in time
}

// step is a statement that may count to $1.
type step struct {
	query string
	args  []any
}

const numbers = `WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT)) `

// orders writes so many orders of some users, made at some times: of twenty one was cancelled,
// one failed, one paid over Lightning, and the others went to a neighbour.
func orders(user, to, key, at string) string {
	return `
INSERT INTO payment_order (user_id, code, state, to_user, to_address, payment_hash, invoice, preimage, said_to, said_at, amount, fee_limit, client_key, created, expires, confirmed, ended, settled)
SELECT ` + user + `, '*' || ` + key + `, CASE i % 20 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'failed' ELSE 'done' END,
       CASE WHEN i % 20 NOT IN (1, 2) THEN ` + to + ` END, CASE WHEN i % 20 = 1 THEN 'bcrt1qshop' END,
       CASE WHEN i % 20 = 2 THEN ` + key + ` END, CASE WHEN i % 20 = 2 THEN 'ln' ELSE '' END, CASE WHEN i % 20 = 2 THEN 'aa' END,
       'shop', '', 1000, 0, 'old-' || ` + key + `, ` + at + `, ` + at + `, CASE WHEN i % 20 <> 0 THEN ` + at + ` END, ` + at + `, CASE WHEN i % 20 = 2 THEN 1 ELSE 0 END
FROM n JOIN user_account u ON u.jid = 'user0000@localhost' JOIN user_account b ON b.jid = 'user0001@localhost'
WHERE i <= $1`
}

// booked is what the ledger, the statements and the balances have of them.
var booked = []step{
	{`INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || o.id, 'pay', u.money, p.money, o.amount, o.confirmed
FROM payment_order o JOIN user_account u ON u.id = o.user_id JOIN user_account p ON p.id = o.to_user
WHERE o.state = 'done' AND o.id > $1 ORDER BY o.id`, []any{0}},
	{`INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || o.id, 'hold', u.money, u.held, o.amount, o.confirmed
FROM payment_order o JOIN user_account u ON u.id = o.user_id
WHERE o.to_user IS NULL AND o.id > $1 ORDER BY o.id`, []any{0}},
	{`INSERT INTO transfer (ref, step, debit, credit, amt, created)
SELECT 'order:' || o.id, CASE o.state WHEN 'failed' THEN 'release' ELSE 'settle:1' END, u.held, CASE o.state WHEN 'failed' THEN u.money ELSE c.id END, o.amount, o.confirmed
FROM payment_order o JOIN user_account u ON u.id = o.user_id CROSS JOIN account c
WHERE c.name = 'lightning' AND o.to_user IS NULL AND o.id > $1 ORDER BY o.id`, []any{0}},
	{`INSERT INTO statement (user_id, n, at, incoming, amount, peer, memo, order_id)
SELECT user_id, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY id), confirmed, 0, amount, said_to, '', id FROM payment_order WHERE state = 'done' AND id > $1`, []any{0}},
	{`UPDATE account SET bal = b.bal
FROM (SELECT id, CAST(SUM(amt) AS BIGINT) AS bal FROM (SELECT credit AS id, amt FROM transfer UNION ALL SELECT debit, -amt FROM transfer) legs GROUP BY id) b
WHERE b.id = account.id AND account.id > $1`, []any{0}},
}

// untriggered takes the triggers from what is filled, until back is called.
func untriggered(ctx context.Context, tx *db.Tx) (back func() error, err error) {
	if tx.Dialect == db.Postgres {
		_, err := tx.ExecContext(ctx, `SET LOCAL session_replication_role = replica`)
		return func() error {
			_, err := tx.ExecContext(ctx, `SET LOCAL session_replication_role = origin`)
			return err
		}, err
	}
	var all []struct{ Name, SQL string }
	if err := tx.SelectContext(ctx, &all, `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('transfer', 'payment_order', 'account')`); err != nil {
		return nil, err
	}
	for _, t := range all {
		if _, err := tx.ExecContext(ctx, `DROP TRIGGER `+t.Name); err != nil {
			return nil, err
		}
	}
	return func() error {
		for _, t := range all {
			if _, err := tx.ExecContext(ctx, t.SQL); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
