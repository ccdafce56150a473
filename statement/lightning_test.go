package statement_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/statement"
)

// A payment over Lightning as its payer reads it, from the code to the proof.
func TestThePayerReadsTheProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann := register(t, d, "ann@example.org")
		var id int64
		do(t, d, func(tx *db.Tx) error {
			err := tx.GetContext(t.Context(), &id, `
INSERT INTO payment_order (user_id, code, state, payment_hash, invoice, said_to, said_at, amount, fee_limit, created, expires, confirmed)
VALUES ($1, 'abcd', 'held', 'aa', 'lnbcrt1', '02ab…cdef', '', 100, 10, 1, 2, 1) RETURNING id`, ann.ID)
			if err != nil {
				return err
			}
			_, err = statement.Add(t.Context(), tx, statement.Line{User: int64(ann.ID), At: now, Amount: 100, Peer: "02ab…cdef", Order: sql.NullInt64{Int64: id, Valid: true}})
			return err
		})
		for _, tt := range []struct {
			change    string
			state     string
			fee, held amount.Msat
			preimage  string
		}{
			{`UPDATE payment_order SET tries = 1 WHERE id = $1`, "held", 10, 110, ""},
			{`UPDATE payment_order SET state = 'sending' WHERE id = $1`, "sending", 10, 110, ""},
			{`UPDATE payment_order SET state = 'in_flight' WHERE id = $1`, "in_flight", 10, 110, ""},
			{`UPDATE payment_order SET state = 'stuck' WHERE id = $1`, "stuck", 10, 110, ""},
			{`UPDATE payment_order SET state = 'done', fee = 3, settled = 1, preimage = 'bb' WHERE id = $1`, "done", 3, 0, "bb"},
		} {
			do(t, d, func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), tt.change, id)
				return err
			})
			l, err := statement.Find(t.Context(), d.Read(), int64(ann.ID), 1)
			if err != nil || l.State != tt.state || l.Fee != tt.fee || l.Held != tt.held || l.Hash != "aa" || l.Preimage != tt.preimage || l.TxID != "" {
				t.Errorf("%s: got %+v (%v)", tt.state, l, err)
			}
			all, err := statement.List(t.Context(), d.Read(), int64(ann.ID), statement.Filter{Limit: 1})
			if err != nil || len(all) != 1 || all[0] != *l {
				t.Errorf("%s: the list says %+v (%v)", tt.state, all, err)
			}
		}
	})
}

// Two lines of one order: the payer's knows the proof, and the payee's neither
// that nor the payer nor what is set aside.
func TestThePayeeReadsNothingOfThePayer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann, bob := register(t, d, "ann@example.org"), register(t, d, "bob@example.org")
		do(t, d, func(tx *db.Tx) error {
			var id int64
			err := tx.GetContext(t.Context(), &id, `
INSERT INTO payment_order (user_id, code, state, to_user, payment_hash, invoice, preimage, said_to, said_at, amount, fee_limit, fee, memo, created, expires, confirmed)
VALUES ($1, 'abcd', 'done', $2, 'aa', 'lnbcrt1', 'bb', '02ab…cdef', 'somewhere', 100, 10, 0, 'a note of ann', 1, 2, 1) RETURNING id`, ann.ID, bob.ID)
			if err != nil {
				return err
			}
			order := sql.NullInt64{Int64: id, Valid: true}
			if _, err = statement.Add(t.Context(), tx, statement.Line{User: int64(ann.ID), At: now, Amount: 100, Peer: "02ab…cdef", Memo: "a note of ann", Order: order}); err != nil {
				return err
			}
			_, err = statement.Add(t.Context(), tx, statement.Line{User: int64(bob.ID), At: now, Incoming: true, Amount: 100, Peer: statement.ByLightning,
				Order: order, Invoice: sql.NullString{String: "aa", Valid: true}})
			return err
		})
		payer, err := statement.Find(t.Context(), d.Read(), int64(ann.ID), 1)
		if err != nil || payer.Preimage != "bb" || payer.Hash != "aa" || payer.State != "done" {
			t.Errorf("the payer reads %+v (%v)", payer, err)
		}
		l, err := statement.Find(t.Context(), d.Read(), int64(bob.ID), 1)
		if err != nil || l.Preimage != "" || l.Hash != "aa" || l.Fee != 0 || l.Held != 0 || l.Peer != statement.ByLightning || l.Memo != "" {
			t.Errorf("the payee reads %+v (%v)", l, err)
		}
		if strings.Contains(l.Peer+l.Memo+l.TxID+l.Coin.String+l.Preimage, "ann") {
			t.Errorf("the payee reads %+v", l)
		}
		only, err := statement.List(t.Context(), d.Read(), int64(bob.ID), statement.Filter{Limit: 9, Peer: statement.ByLightning})
		if err != nil || len(only) != 1 {
			t.Errorf("with Lightning: %+v (%v)", only, err)
		}
	})
}

// What came from outside has no order, and is whole by itself.
func TestALineOfAnInvoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bob := register(t, d, "bob@example.org")
		do(t, d, func(tx *db.Tx) error {
			_, err := statement.Add(t.Context(), tx, statement.Line{User: int64(bob.ID), At: now, Incoming: true, Amount: 1, Peer: statement.ByLightning, Memo: "tea",
				Invoice: sql.NullString{String: "aa", Valid: true}})
			return err
		})
		l, err := statement.Find(t.Context(), d.Read(), int64(bob.ID), 1)
		if err != nil || l.Hash != "aa" || l.Invoice.String != "aa" || l.State != "done" || l.Fee != 0 || l.Held != 0 || l.Preimage != "" || l.Order.Valid {
			t.Errorf("got %+v (%v)", l, err)
		}
	})
}
