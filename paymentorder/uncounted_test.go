package paymentorder_test

import (
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/paymentorder"
)

// PostgreSQL plans a statement before it has counted what is in a table: a gateway is new,
// or its books have just been restored. What a payment asks of one user's orders is found
// by an index of its own then, too, and not among all that they ever ordered.
func TestWhatAPaymentAsksIsFoundBeforeAnybodyCounts(t *testing.T) {
	c := onPostgres(t)
	ann := c.user(100_000)
	c.do(func(tx *db.Tx) error { // and nobody counts meanwhile
		_, err := tx.ExecContext(c.ctx, `ALTER TABLE payment_order SET (autovacuum_enabled = off)`)
		return err
	})
	q := &asked{QueryerContext: c.Read()}
	found := func(when string) {
		for name, tt := range map[string]struct {
			ask   func() error
			index string
		}{
			"the order of a code":        {func() error { _, err := paymentorder.ByCode(c.ctx, q, ann.ID, "wrong"); return known(err) }, "order_code"},
			"the order of a request":     {func() error { _, err := paymentorder.ByKey(c.ctx, q, ann.ID, "wrong"); return known(err) }, "order_key"},
			"those that wait for a code": {func() error { _, err := paymentorder.RoomOf(c.ctx, q, ann.ID, now); return err }, "order_new"},
			"what they spent today":      {func() error { _, err := limits.SpendableToday(c.ctx, q, ann, now); return err }, "order_confirmed"},
		} {
			q.sql, q.args = nil, nil
			if err := tt.ask(); err != nil || len(q.sql) != 1 {
				t.Fatalf("%s: %d questions, %v", name, len(q.sql), err)
			}
			for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
				_, by := c.prepared(mode, q.sql[0], q.args[0]).read()
				if !slices.Contains(by, tt.index) || slices.Contains(by, "order_of_user") || slices.Contains(by, "order_ended") {
					t.Errorf("%s, %s, %s: it is found by %v, want %s: %s", name, when, mode, by, tt.index, q.sql[0])
				}
			}
		}
	}
	found("nobody ordered")
	c.history(ann.ID, ann.ID, 30, false)
	found("30 orders")
	c.history(ann.ID+1, ann.ID+1, 30, false)
	c.crowd(300)
	c.history(ann.ID+2, ann.ID+300, 10, false)
	found("3000 orders")
}
