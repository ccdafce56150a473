package useraccount_test

import (
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
)

// opened runs fn in a transaction that stays open until end is called.
func (c town) opened(fn func(tx *db.Tx) error) (end func()) {
	ready, goOn, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		done <- c.Tx(c.Context(), func(tx *db.Tx) error {
			err := fn(tx)
			ready <- true
			<-goOn
			return err
		})
	}()
	<-ready
	return func() {
		c.Helper()
		goOn <- true
		if err := <-done; err != nil {
			c.Error(err)
		}
	}
}

// limits sets the limit of somebody who was read before.
func (c town) limits(u *useraccount.User, m amount.Msat) (when int64, err error) {
	err = c.Tx(c.Context(), func(tx *db.Tx) error {
		when, err = useraccount.SetLimit(c.Context(), tx, u, m, true, now)
		return err
	})
	return when, err
}

// A thief in another session asks for more again and again; the owner lowers the
// limit once, and is told that it is so.
func TestALoweredLimitHolds(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		for range 10 {
			c.do(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE user_account SET day_limit = 1000, day_limit_new = 1000, day_limit_at = 1 WHERE id = $1`, ann.ID)
				return err
			})
			ann = c.fresh(ann)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					for range 5 {
						if _, err := c.limits(ann, 2000); err != nil {
							t.Error(err)
						}
					}
				})
			}
			if at, err := c.limits(ann, 0); err != nil || at != now {
				t.Error(at, err)
			}
			all.Wait()
			if l, _ := c.fresh(ann).Limit(now + 1); l != 0 {
				t.Fatalf("the limit was set to 0, and is %d", l)
			}
		}
	})
}

// Mallory has found the name free; ann takes it and gives it up.
func TestTheQuarantineOfANameIsAskedWhereItIsTaken(t *testing.T) {
	c := town{t, dbtest.Postgres(t)}
	ann, _ := c.register("ann@example.org")
	mal, _ := c.register("mal@example.org")
	if err := c.rename(mal, "mallory", now); err != nil {
		t.Fatal(err)
	}
	end := c.opened(func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE username SET released = released WHERE user_id = $1`, mal.ID)
		return err
	})
	got := make(chan error, 1)
	go func() { got <- c.rename(mal, "shop", now) }()
	if err := dbtest.Waits(t.Context(), c.DB, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.rename(ann, "shop", now); err != nil {
		t.Fatal(err)
	}
	c.unregister(ann, now)
	end()
	if err := <-got; !fault.Is(err, fault.Conflict) {
		t.Errorf("the name that ann gave up at this moment is mallory's: %v", err)
	}
}

func TestAClosedAccountKeepsNoName(t *testing.T) {
	c := town{t, dbtest.Postgres(t)}
	ann, _ := c.register("ann@example.org")
	if err := c.rename(ann, "ann", now); err != nil {
		t.Fatal(err)
	}
	end := c.opened(func(tx *db.Tx) error { return useraccount.Rename(t.Context(), tx, c.fresh(ann), "shop", now) })
	gone := make(chan error, 1)
	go func() {
		gone <- c.Tx(t.Context(), func(tx *db.Tx) error { return useraccount.Unregister(t.Context(), tx, ann, now) })
	}()
	if err := dbtest.Waits(t.Context(), c.DB, 1); err != nil {
		t.Fatal(err)
	}
	end()
	if err := <-gone; err != nil {
		t.Fatal(err)
	}
	if u := c.fresh(ann); u.Active || u.Name != "" {
		t.Errorf("ann is active: %v, and called %q", u.Active, u.Name)
	}
	// And one who left takes none.
	if err := c.rename(ann, "late", now); !fault.Is(err, fault.NotAllowed) {
		t.Errorf("a closed account is renamed: %v", err)
	}
}

func TestARosterIsCountedUnderTheLock(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		c.do(func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
INSERT INTO roster (user_id, node) SELECT CAST($1 AS BIGINT), 'node' || CAST(i AS TEXT) FROM n`, ann.ID, useraccount.MaxRoster-1)
			return err
		})
		end := func() {}
		if c.Dialect == db.Postgres { // that all have counted what they count before one has written
			end = c.opened(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `LOCK TABLE roster IN EXCLUSIVE MODE`)
				return err
			})
		}
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				err := c.Tx(t.Context(), func(tx *db.Tx) error { return useraccount.Subscribe(t.Context(), tx, ann, "more"+string(rune('a'+i))) })
				if err != nil {
					t.Error(err)
				}
			})
		}
		if err := dbtest.Waits(t.Context(), c.DB, 6); err != nil {
			t.Error(err)
		}
		end()
		all.Wait()
		nodes, err := useraccount.Roster(t.Context(), c.Read(), ann)
		if err != nil || len(nodes) != useraccount.MaxRoster {
			t.Errorf("%d contacts, %d may be (%v)", len(nodes), useraccount.MaxRoster, err)
		}
	})
}
