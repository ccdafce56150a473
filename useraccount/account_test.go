package useraccount_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const now = 1_700_000_000

type town struct {
	*testing.T
	*db.DB
}

func each(t *testing.T, test func(t *testing.T, c town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, town{t, d}) })
}

func (c town) do(fn func(tx *db.Tx) error) {
	c.Helper()
	if err := c.Tx(c.Context(), fn); err != nil {
		c.Fatal(err)
	}
}

// register registers a JID; made says whether that changed anything.
func (c town) register(jid string) (u *useraccount.User, made bool) {
	c.Helper()
	c.do(func(tx *db.Tx) (err error) {
		u, made, err = useraccount.Register(c.Context(), tx, jid, now)
		return err
	})
	return u, made
}

func (c town) unregister(u *useraccount.User, at int64) {
	c.Helper()
	c.do(func(tx *db.Tx) error { return useraccount.Unregister(c.Context(), tx, u, at) })
}

func (c town) rename(u *useraccount.User, name string, at int64) error {
	return c.Tx(c.Context(), func(tx *db.Tx) error {
		fresh, err := useraccount.ByID(c.Context(), tx, u.ID)
		if err != nil {
			return err
		}
		return useraccount.Rename(c.Context(), tx, fresh, name, at)
	})
}

func (c town) fresh(u *useraccount.User) *useraccount.User {
	c.Helper()
	u, err := useraccount.ByID(c.Context(), c.Read(), u.ID)
	if err != nil {
		c.Fatal(err)
	}
	return u
}

func TestWhoLeavesKeepsTheCoins(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, made := c.register("ann@example.org")
		if !made || !ann.Active || ann.Unit != "sat" || !ann.Notify || !ann.Presence || ann.Created != now {
			t.Errorf("got %+v (%v)", ann, made)
		}
		c.do(func(tx *db.Tx) error {
			from, err := ledger.System(t.Context(), tx, "chain")
			if err != nil {
				return err
			}
			for _, node := range []string{"bob", "carol"} {
				if err := useraccount.Subscribe(t.Context(), tx, ann, node); err != nil {
					return err
				}
			}
			return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "import:1", Step: "open", Debit: from, Credit: ann.Money, Amount: 5, At: now})
		})
		if err := c.rename(ann, "annie", now); err != nil {
			t.Fatal(err)
		}
		c.unregister(ann, now)
		if u := c.fresh(ann); u.Active || u.Name != "" {
			t.Errorf("got %+v", u)
		}
		if _, err := useraccount.ByName(t.Context(), c.Read(), "annie"); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
		if nodes, err := useraccount.Roster(t.Context(), c.Read(), ann); err != nil || len(nodes) != 0 {
			t.Errorf("got %q (%v)", nodes, err)
		}
		again, made := c.register("ann@example.org")
		if !made || again.ID != ann.ID || again.Money != ann.Money || again.Held != ann.Held || !again.Active || again.Name != "" {
			t.Errorf("got %+v (%v)", again, made)
		}
		if m, err := ledger.Balance(t.Context(), c.Read(), again.Money); err != nil || m != 5 {
			t.Errorf("got %d msat (%v)", m, err)
		}
		if _, made := c.register("ann@example.org"); made {
			t.Error("registered twice")
		}
		if _, err := useraccount.ByJID(t.Context(), c.Read(), "bob@example.org"); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTwoRegisterOneJIDAtOnce(t *testing.T) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			all := dbtest.Several(t, dialect, 2)
			for round := range 10 {
				var both sync.WaitGroup
				for i := range 4 {
					both.Go(func() {
						err := all[i%2].Tx(t.Context(), func(tx *db.Tx) error {
							_, _, err := useraccount.Register(t.Context(), tx, fmt.Sprintf("ann%d@example.org", round), now)
							return err
						})
						if err != nil && !db.IsUnique(err) { // who loses asks again
							t.Error(err)
						}
					})
				}
				both.Wait()
			}
			users, err := useraccount.All(t.Context(), all[0].Read())
			if err != nil || len(users) != 10 {
				t.Errorf("got %d users (%v)", len(users), err)
			}
		})
	}
}

func TestMembersAreActiveAndInOrder(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		for _, name := range []string{"dan", "ann", "carol", "bob"} {
			u, _ := c.register(name + "@example.org")
			if name == "carol" {
				c.unregister(u, now)
			}
		}
		var got []string
		for after := ""; ; {
			page, err := useraccount.Members(t.Context(), c.Read(), after, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			got, after = append(got, page...), page[len(page)-1]
		}
		if fmt.Sprint(got) != "[ann@example.org bob@example.org dan@example.org]" {
			t.Errorf("got %q", got)
		}
	})
}

func TestSet(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		set := func(name string, value any) error {
			return c.Tx(t.Context(), func(tx *db.Tx) error { return useraccount.Set(t.Context(), tx, ann, name, value) })
		}
		for name, value := range map[string]any{"language": "fr", "unit": "btc", "notify": 0, "presence": 0} {
			if err := set(name, value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if u := c.fresh(ann); u.Lang != "fr" || u.Unit != "btc" || u.Notify || u.Presence {
			t.Errorf("got %+v", u)
		}
		for name, value := range map[string]any{"unit": "doge", "notify": 2, "money": 7} {
			if err := set(name, value); err == nil {
				t.Errorf("%s is %v now", name, value)
			}
		}
	})
}

func TestALimitIsLoweredNowAndRaisedTomorrow(t *testing.T) {
	const day = 24 * 3600
	type step struct {
		limit amount.Msat // -1 is none
		at    int64       // of the change
		from  int64       // when it takes effect
		then  amount.Msat // just before that; -1 is none
	}
	for name, steps := range map[string][]step{
		"a first limit holds at once":      {{500, now, now, -1}},
		"less holds at once":               {{500, now, now, -1}, {400, now + 1, now + 1, 500}},
		"more holds tomorrow":              {{500, now, now, -1}, {600, now + 1, now + 1 + day, 500}},
		"none holds tomorrow":              {{500, now, now, -1}, {-1, now + 1, now + 1 + day, 500}},
		"the same changes nothing":         {{500, now, now, -1}, {500, now + 1, now + 1, 500}},
		"less drops what was to come":      {{500, now, now, -1}, {600, now + 1, now + 1 + day, 500}, {400, now + 2, now + 2, 500}},
		"a raise that came is what counts": {{500, now, now, -1}, {600, now, now + day, 500}, {700, now + day, now + 2*day, 600}},
		"nothing at all is a limit":        {{500, now, now, -1}, {0, now + 1, now + 1, 500}, {1, now + 2, now + 2 + day, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c town) {
				ann, _ := c.register("ann@example.org")
				is := func(at int64, want amount.Msat) {
					t.Helper()
					got, ok := c.fresh(ann).Limit(at)
					if ok != (want >= 0) || ok && got != want {
						t.Errorf("at %d: got %d (%v), want %d", at-now, got, ok, want)
					}
				}
				for _, s := range steps {
					var from int64
					c.do(func(tx *db.Tx) (err error) {
						from, err = useraccount.SetLimit(t.Context(), tx, c.fresh(ann), max(s.limit, 0), s.limit >= 0, s.at)
						return err
					})
					if from != s.from {
						t.Errorf("%d holds from %d, want %d", s.limit, from-now, s.from-now)
					}
					if from > s.at {
						is(from-1, s.then)
					}
					is(from, s.limit)
				}
			})
		})
	}
}

func TestSuspensionsAreRecorded(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		c.do(func(tx *db.Tx) error { return useraccount.Suspend(t.Context(), tx, ann, "op", "stolen phone", now) })
		if u := c.fresh(ann); !u.Suspended || u.Reason != "stolen phone" {
			t.Errorf("got %+v", u)
		}
		// Who looked before that knows nothing of it, and does not end it.
		err := c.Tx(t.Context(), func(tx *db.Tx) error { return useraccount.Resume(t.Context(), tx, ann, "op", now+1) })
		if u := c.fresh(ann); !fault.Is(err, fault.Conflict) || !u.Suspended {
			t.Errorf("got %v, and %+v", err, u)
		}
		ann = c.fresh(ann)
		c.do(func(tx *db.Tx) error { return useraccount.Resume(t.Context(), tx, ann, "op", now+1) })
		if u := c.fresh(ann); u.Suspended || u.Reason != "" {
			t.Errorf("got %+v", u)
		}
		var acts []string
		c.do(func(tx *db.Tx) error {
			return tx.SelectContext(t.Context(), &acts, `SELECT who || ' ' || act || ' ' || target || ' ' || reason FROM operator_act ORDER BY id`)
		})
		if fmt.Sprintf("%q", acts) != `["op suspend ann@example.org stolen phone" "op resume ann@example.org "]` {
			t.Errorf("got %q", acts)
		}
		for _, q := range []string{`UPDATE operator_act SET who = 'me'`, `DELETE FROM operator_act`} {
			if err := c.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.ExecContext(t.Context(), q); return err }); err == nil {
				t.Errorf("%s: the record was changed", q)
			}
		}
	})
}

func TestRosterIsBounded(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		bob, _ := c.register("bob@example.org")
		c.do(func(tx *db.Tx) error {
			for i := range useraccount.MaxRoster + 5 {
				if err := useraccount.Subscribe(t.Context(), tx, ann, fmt.Sprintf("node%05d", i)); err != nil {
					return err
				}
			}
			if err := useraccount.Subscribe(t.Context(), tx, ann, "node00001"); err != nil { // as before
				return err
			}
			return useraccount.Subscribe(t.Context(), tx, bob, "node00001")
		})
		nodes, err := useraccount.Roster(t.Context(), c.Read(), ann)
		if err != nil || len(nodes) != useraccount.MaxRoster || nodes[0] != "node00000" {
			t.Errorf("got %d (%v)", len(nodes), err)
		}
		c.do(func(tx *db.Tx) error { return useraccount.Unsubscribe(t.Context(), tx, ann, "node00001") })
		for u, want := range map[*useraccount.User]int{ann: useraccount.MaxRoster - 1, bob: 1} {
			if nodes, err := useraccount.Roster(t.Context(), c.Read(), u); err != nil || len(nodes) != want {
				t.Errorf("%s: got %d (%v)", u.JID, len(nodes), err)
			}
		}
	})
}
