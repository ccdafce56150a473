package statement_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const now = 1_700_000_000

func register(t *testing.T, d *db.DB, jid string) *useraccount.User {
	t.Helper()
	var u *useraccount.User
	do(t, d, func(tx *db.Tx) (err error) {
		u, _, err = useraccount.Register(t.Context(), tx, jid, now)
		return err
	})
	return u
}

func do(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Tx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// Each of two users has lines of their own, numbered from 1, whoever is named first.
func TestTwoLinesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann, bob := register(t, d, "ann@example.org"), register(t, d, "bob@example.org")
		line := func(u *useraccount.User, peer string, m amount.Msat) statement.Line {
			return statement.Line{User: int64(u.ID), At: now, Incoming: u == bob, Amount: m, Peer: peer}
		}
		do(t, d, func(tx *db.Tx) error {
			if n, err := statement.Add(t.Context(), tx, line(ann, "carol", 1)); err != nil || n != 1 {
				t.Errorf("ann's first line is %d (%v)", n, err)
			}
			if n, m, err := addBoth(t, tx, line(ann, "bob", 2), line(bob, "ann", 3)); err != nil || n != 2 || m != 1 {
				t.Errorf("got lines %d and %d (%v), want 2 and 1", n, m, err)
			}
			if n, m, err := addBoth(t, tx, line(bob, "ann", 4), line(ann, "bob", 5)); err != nil || n != 2 || m != 3 {
				t.Errorf("got lines %d and %d (%v), want 2 and 3", n, m, err)
			}
			return nil
		})
		for u, want := range map[*useraccount.User]string{ann: "[3 bob 5 false] [2 bob 2 false] [1 carol 1 false]", bob: "[2 ann 4 true] [1 ann 3 true]"} {
			lines, err := statement.List(t.Context(), d.Read(), int64(u.ID), statement.Filter{Limit: 9})
			var got []string
			for _, l := range lines {
				got = append(got, fmt.Sprint([]any{l.N, l.Peer, int64(l.Amount), l.Incoming}))
			}
			if strings.Join(got, " ") != want || err != nil {
				t.Errorf("%s has %v (%v), want %s", u.JID, got, err, want)
			}
		}
		if err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, _, err := addBoth(t, tx, line(ann, "ann", 1), line(ann, "ann", 1))
			return err
		}); !db.IsUnique(err) {
			t.Errorf("two lines of one user at once: %v", err)
		}
	})
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann, bob := register(t, d, "ann@example.org"), register(t, d, "bob@example.org")
		do(t, d, func(tx *db.Tx) error {
			for i, peer := range []string{"bob", "carol", "bob", "carol", "bob"} {
				l := statement.Line{User: int64(ann.ID), At: now + int64(i), Incoming: i%2 == 0, Amount: amount.Msat(i + 1), Peer: peer}
				if n, err := statement.Add(t.Context(), tx, l); err != nil || n != int64(i+1) {
					t.Errorf("got line %d (%v), want %d", n, err, i+1)
				}
			}
			n, err := statement.Add(t.Context(), tx, statement.Line{User: int64(bob.ID), At: now, Amount: 1, Peer: "ann"})
			if n != 1 {
				t.Errorf("bob's first line is %d", n)
			}
			return err
		})
		for name, tt := range map[string]struct {
			f    statement.Filter
			want string
		}{
			"the newest first":      {statement.Filter{Limit: 9}, "[5 4 3 2 1]"},
			"so many":               {statement.Filter{Limit: 2}, "[5 4]"},
			"and the ones before":   {statement.Filter{Limit: 2, Before: 4}, "[3 2]"},
			"what came":             {statement.Filter{Limit: 9, Way: "in"}, "[5 3 1]"},
			"what left":             {statement.Filter{Limit: 9, Way: "out"}, "[4 2]"},
			"with one peer":         {statement.Filter{Limit: 9, Peer: "carol"}, "[4 2]"},
			"with nobody like that": {statement.Filter{Limit: 9, Peer: "dan"}, "[]"},
			"all of it together":    {statement.Filter{Limit: 9, Before: 5, Way: "in", Peer: "bob"}, "[3 1]"},
		} {
			lines, err := statement.List(t.Context(), d.Read(), int64(ann.ID), tt.f)
			numbers := []int64{}
			for _, l := range lines {
				numbers = append(numbers, l.N)
			}
			if got := fmt.Sprint(numbers); err != nil || got != tt.want {
				t.Errorf("%s: got %s (%v), want %s", name, got, err, tt.want)
			}
		}
		if l, err := statement.Find(t.Context(), d.Read(), int64(ann.ID), 2); err != nil || l.Peer != "carol" || l.Incoming || l.Amount != 2 || l.State != "done" {
			t.Errorf("got %+v (%v)", l, err)
		}
		if _, err := statement.Find(t.Context(), d.Read(), int64(bob.ID), 2); !fault.Is(err, fault.NotFound) {
			t.Errorf("a line of somebody else: got %v", err)
		}
		if err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := statement.Add(t.Context(), tx, statement.Line{User: int64(ann.ID), At: now, Peer: "nothing"})
			return err
		}); err == nil {
			t.Error("nothing moved, and it has a line")
		}
	})
}

// A line tells how it is, not how it was when it was written.
func TestALineNeverGrowsStale(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ann := register(t, d, "ann@example.org")
		var id int64
		do(t, d, func(tx *db.Tx) error {
			err := tx.GetContext(t.Context(), &id, `
INSERT INTO payment_order (user_id, code, state, to_address, said_to, said_at, amount, fee_limit, created, expires, confirmed)
VALUES ($1, 'abcd', 'held', 'bcrt1q', 'bcrt1q', '', 100, 10, 1, 2, 1) RETURNING id`, ann.ID)
			if err != nil {
				return err
			}
			_, err = statement.Add(t.Context(), tx, statement.Line{User: int64(ann.ID), At: now, Amount: 100, Peer: "bcrt1q", Order: sql.NullInt64{Int64: id, Valid: true}})
			return err
		})
		for _, tt := range []struct {
			change        string
			state         string
			fee, held     amount.Msat
			txid          string
			confirmations int64
		}{
			{`UPDATE payment_order SET tries = 1 WHERE id = $1`, "held", 10, 110, "", 0},
			{`UPDATE payment_order SET state = 'sending', fee = 4 WHERE id = $1`, "sending", 4, 110, "ff", 0},
			{`UPDATE payment_order SET state = 'confirming', confirmations = 2, settled = 1 WHERE id = $1`, "confirming", 4, 0, "ff", 2},
			{`UPDATE payment_order SET state = 'in_flight', confirmations = 0 WHERE id = $1`, "in_flight", 4, 104, "ff", 0}, // the rest is with the payer
		} {
			do(t, d, func(tx *db.Tx) error {
				if tt.txid != "" {
					if _, err := tx.ExecContext(t.Context(), `INSERT INTO effect (order_id, txid, raw, fee, inputs, created)
VALUES ($1, $2, $3, 4, '[]', 1) ON CONFLICT DO NOTHING`, id, tt.txid, []byte("raw")); err != nil {
						return err
					}
				}
				_, err := tx.ExecContext(t.Context(), tt.change, id)
				return err
			})
			l, err := statement.Find(t.Context(), d.Read(), int64(ann.ID), 1)
			if err != nil || l.State != tt.state || l.Fee != tt.fee || l.Held != tt.held || l.TxID != tt.txid || l.Confirmations != tt.confirmations {
				t.Errorf("%s: got %+v (%v)", tt.state, l, err)
			}
		}
	})
}

// Whoever moves money on an account has its lock, so that no number is given twice.
func TestNumbersAreGivenOnce(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 3)
	ann := register(t, all[0], "ann@example.org")
	const clients = 30
	errs := make([]error, clients)
	var done sync.WaitGroup
	for i := range clients {
		done.Go(func() {
			errs[i] = all[i%3].Tx(t.Context(), func(tx *db.Tx) error {
				if _, err := ledger.Lock(t.Context(), tx, ann.Money); err != nil {
					return err
				}
				_, err := statement.Add(t.Context(), tx, statement.Line{User: int64(ann.ID), At: now, Amount: 1, Peer: "bob"})
				return err
			})
		})
	}
	done.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	lines, err := statement.List(t.Context(), all[0].Read(), int64(ann.ID), statement.Filter{Limit: 100})
	if err != nil || len(lines) != clients || lines[0].N != clients {
		t.Errorf("got %d lines (%v)", len(lines), err)
	}
}

func addBoth(t *testing.T, tx *db.Tx, l, other statement.Line) (int64, int64, error) {
	var n statement.Numbers
	err := tx.Run(t.Context(), n.AddBoth(l, other))
	return n.First, n.Last, err
}
