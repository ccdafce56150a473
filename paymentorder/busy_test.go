package paymentorder_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

// crowd are n people, written as fast as the engine can.
func (c town) crowd(n int) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		for _, q := range []string{`
INSERT INTO account (kind, name)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
SELECT k.kind, k.kind || ':crowd' || n.i FROM n CROSS JOIN (SELECT 'user' AS kind UNION ALL SELECT 'held') k`, `
INSERT INTO user_account (jid, money, held, created)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
SELECT 'crowd' || n.i, m.id, h.id, 1 FROM n JOIN account m ON m.name = 'user:crowd' || n.i JOIN account h ON h.name = 'held:crowd' || n.i`} {
			if _, err := tx.ExecContext(c.ctx, q, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// history writes n orders for each user whose number is within bounds, as fast as the
// engine can: orders that are over, or, if they wait, one after the other new and held.
func (c town) history(from, to useraccount.ID, n int, wait bool) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		_, err := tx.ExecContext(c.ctx, `
INSERT INTO payment_order (user_id, code, state, to_address, payment_hash, invoice, said_to, said_at, amount, fee_limit, created, expires, confirmed, ended, client_key, by_app)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3),
one (id, k, wait) AS (SELECT u.id, u.id * 10001 + n.i, $4 = 1 FROM user_account u CROSS JOIN n WHERE u.id BETWEEN $1 AND $2)
SELECT id, '*' || $4 || k, CASE WHEN NOT wait THEN 'done' WHEN k % 2 = 1 THEN 'held' ELSE 'new' END,
       CASE WHEN k % 4 < 2 THEN 'bcrt1q' END, CASE WHEN k % 4 > 1 THEN $4 || '-' || k END, CASE WHEN k % 4 > 1 THEN 'lnbc1' ELSE '' END,
       'shop', '', 1, 0, 1, CASE WHEN wait THEN 2000000000 ELSE 1 END, CASE WHEN NOT wait OR k % 2 = 1 THEN $5 - k * 13 % 80000 END, CASE WHEN NOT wait THEN $5 - k * 13 % 80000 END, 'k' || k, (SELECT MAX(a.id) FROM app a WHERE a.user_id = one.id)
FROM one`, from, to, n, map[bool]int{true: 1}[wait], now-3600)
		if err != nil || wait {
			return err
		}
		_, err = tx.ExecContext(c.ctx, `
INSERT INTO app_request (app_id, key, hash, order_id, unasked, told, created)
SELECT by_app, code, '', id, 1, 1, confirmed FROM payment_order WHERE user_id BETWEEN $1 AND $2 AND by_app IS NOT NULL`, from, to)
		return err
	})
}

// received writes n coins that a user was credited, and ten lines about one of them.
func (c town) received(u *useraccount.User, n int) {
	c.Helper()
	c.do(func(tx *db.Tx) error {
		if _, err := tx.ExecContext(c.ctx, `INSERT INTO deposit_address (address, user_id, node, created) VALUES ('bc1', $1, 'bc1', 1)`, u.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(c.ctx, `
INSERT INTO coin (txid, vout, address, user_id, amount, state, seen)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
SELECT 'coin' || i, 0, 'bc1', CAST($1 AS BIGINT), 7, 'credited', 1 FROM n`, u.ID, n)
		for i := 0; i < 10 && err == nil; i++ {
			_, err = statement.Add(c.ctx, tx, statement.Line{User: int64(u.ID), Amount: 7, Incoming: true, Coin: sql.NullString{String: "coin1:0", Valid: true}})
		}
		return err
	})
}

// A user has a long past and nothing that waits, and of many others something waits. What
// is asked of the first reads few rows, under the lock that everybody else waits for, also
// while PostgreSQL believes that next to nothing waits: it does not count at once.
func TestALongPastMakesNobodyWait(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(100_000), c.user(100_000)
		var game *app.App
		c.do(func(tx *db.Tx) (err error) {
			game, err = app.Link(c.ctx, tx, ann.ID, app.NewApp{Name: "game", Kind: app.LIME, Secret: "game", Per: app.Month})
			return err
		})
		c.crowd(2000)
		c.received(ann, 2000)
		c.history(ann.ID, ann.ID, 6000, false)
		c.history(bob.ID, bob.ID+3000, 1, false)
		if c.Dialect == db.Postgres {
			c.do(func(tx *db.Tx) error { _, err := tx.ExecContext(c.ctx, `ANALYZE`); return err })
		}
		c.history(bob.ID, bob.ID+3000, 1, true)
		q := &asked{QueryerContext: c.Read()}
		for name, tt := range map[string]struct {
			ask   func() error
			index string
		}{
			"those that wait for a code, counted": {func() error { _, err := paymentorder.RoomOf(c.ctx, q, ann.ID, now); return err }, "order_new"},
			"those that wait for a code":          {func() error { _, err := paymentorder.Waiting(c.ctx, q, ann.ID, now); return err }, "order_new"},
			"those under way":                     {func() error { _, err := paymentorder.UnderWay(c.ctx, q, ann.ID); return err }, "order_live"},
			"those over Lightning":                {func() error { _, err := paymentorder.Flying(c.ctx, q, ann.ID); return err }, "order_live"},
			"one by a code that there is not":     {func() error { _, err := paymentorder.ByCode(c.ctx, q, ann.ID, "wrong"); return known(err) }, "order_code"},
			"one by a request that there is not":  {func() error { _, err := paymentorder.ByKey(c.ctx, q, ann.ID, "wrong"); return known(err) }, "order_key"},
			"who they are, and what comes":        {func() error { _, err := useraccount.ByID(c.ctx, q, ann.ID); return err }, "coin_pending"},
			"what they read as history": {func() error {
				_, err := statement.List(c.ctx, q, int64(ann.ID), statement.Filter{Limit: 10})
				return err
			}, "coin_word"},
			"what they spent today":                  {func() error { _, err := limits.SpendableToday(c.ctx, q, ann, now); return err }, "order_confirmed"},
			"what an app of theirs spent this month": {func() error { _, err := game.Left(c.ctx, q, now+30*24*3600-5000); return err }, "order_by_app"},
			"what an app asked for and waits for":    {func() error { _, err := game.Asking(c.ctx, q, now); return err }, "app_request_order"},
			"the newest":                             {func() error { _, err := paymentorder.Recent(c.ctx, q, ann.ID, now); return err }, "order_ended"},
		} {
			q.sql, q.args = nil, nil
			if err := tt.ask(); err != nil || len(q.sql) != 1 {
				t.Fatalf("%s: %d questions, %v", name, len(q.sql), err)
			}
			if c.Dialect == db.SQLite {
				if plan := c.plan(q.sql[0], q.args[0]); !strings.Contains(plan, tt.index) || scans.MatchString(plan) {
					t.Errorf("%s: want %s in the plan of %s\n%s", name, tt.index, q.sql[0], plan)
				}
				continue
			}
			for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
				if rows, by := c.prepared(mode, q.sql[0], q.args[0]).read(); rows > 100 || !slices.Contains(by, tt.index) {
					t.Errorf("%s, %s: %d rows are read by %v, want few by %s: %s", name, mode, rows, by, tt.index, q.sql[0])
				}
			}
		}
	})
}

// known is nil of what is not there.
func known(err error) error {
	if errors.Is(err, paymentorder.ErrUnknown) {
		return nil
	}
	return err
}
