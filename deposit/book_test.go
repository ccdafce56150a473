package deposit_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestNeeded(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rules deposit.Rules
		sat   int64
		want  int64
	}{
		{"a small one", rules, 10, 2},
		{"the largest small one", rules, 1000, 2},
		{"a large one", rules, 1001, 4},
		{"never without a block", deposit.Rules{Large: amount.Sat}, 1, 1},
		{"a large one neither", deposit.Rules{}, 1, 1},
		{"a large one never sooner than a small one", deposit.Rules{Confirmations: 6, ConfirmationsLarge: 3}, 1, 6},
	} {
		if got := tt.rules.Needed(amount.FromSats(tt.sat)); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestLives plays lives of one coin, and checks the money after every sight.
func TestLives(t *testing.T) {
	const gone = -1 // the node no longer knows it
	type at struct {
		confirmations int64
		state         deposit.State
		money         int64
	}
	for name, tt := range map[string]struct {
		sat  int64
		life []at
		told string
	}{
		"seen waiting, then credited": {500, []at{{0, deposit.Seen, 0}, {1, deposit.Seen, 0}, {2, deposit.Credited, 500}, {3, deposit.Credited, 500}},
			"[deposit.seen deposit.credited]"},
		"found when it is deep": {500, []at{{50, deposit.Credited, 500}}, "[deposit.credited]"},
		"every sight twice": {500, []at{{0, deposit.Seen, 0}, {0, deposit.Seen, 0}, {2, deposit.Credited, 500}, {2, deposit.Credited, 500}},
			"[deposit.seen deposit.credited]"},
		"a large one waits longer": {1001, []at{{2, deposit.Seen, 0}, {3, deposit.Seen, 0}, {4, deposit.Credited, 1001}},
			"[deposit.seen deposit.credited]"},
		"too small": {9, []at{{0, deposit.Small, 0}, {100, deposit.Small, 0}, {gone, deposit.Gone, 0}, {1, deposit.Small, 0}, {2, deposit.Small, 0}},
			"[deposit.small]"},
		"replaced": {500, []at{{0, deposit.Seen, 0}, {gone, deposit.Gone, 0}, {gone, deposit.Gone, 0}}, "[deposit.seen deposit.gone]"},
		"replaced, and then mined after all": {500, []at{{0, deposit.Seen, 0}, {gone, deposit.Gone, 0}, {1, deposit.Seen, 0}, {2, deposit.Credited, 500}},
			"[deposit.seen deposit.gone deposit.credited]"},
		"a reorganisation leaves it waiting": {500, []at{{2, deposit.Credited, 500}, {0, deposit.Reorged, 0}, {0, deposit.Reorged, 0}, {1, deposit.Reorged, 0},
			{2, deposit.Credited, 500}}, "[deposit.credited deposit.reorged deposit.credited]"},
		"a reorganisation takes it": {500, []at{{2, deposit.Credited, 500}, {gone, deposit.Reorged, 0}, {gone, deposit.Gone, 0}},
			"[deposit.credited deposit.reorged]"},
		"taken, and given again": {500, []at{{2, deposit.Credited, 500}, {gone, deposit.Reorged, 0}, {gone, deposit.Gone, 0}, {7, deposit.Credited, 500},
			{gone, deposit.Reorged, 0}, {2, deposit.Credited, 500}}, "[deposit.credited deposit.reorged deposit.credited deposit.reorged deposit.credited]"},
		"another block, as deep": {500, []at{{2, deposit.Credited, 500}, {3, deposit.Credited, 500}}, "[deposit.credited]"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, c *town) {
				s := c.sight(tt.sat, 0)
				for _, a := range tt.life {
					if a.confirmations == gone {
						c.lost(s)
					} else {
						c.book(c.sight(tt.sat, a.confirmations))
					}
					c.is(s, a.state)
					c.has(a.money, 0)
					c.clean()
				}
				if got := fmt.Sprint(c.told()); got != tt.told {
					t.Errorf("told %s, want %s", got, tt.told)
				}
				lines, err := statement.List(t.Context(), c.Read(), int64(c.ann.ID), statement.Filter{Limit: 9})
				if err != nil || len(lines) > 1 {
					t.Errorf("got %+v (%v)", lines, err)
				}
			})
		})
	}
}

// What the user spent of a deposit that left is the operator's loss. It is
// made good when the deposit comes back.
func TestASpentDepositLeaves(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.book(c.sight(500, 2))
		c.spend(300)
		c.lost(c.sight(500, 0))
		c.has(0, 300)
		c.clean()
		u, err := useraccount.ByID(t.Context(), c.Read(), c.ann.ID)
		if err != nil || !u.Suspended || u.Reason == "" {
			t.Errorf("got %+v (%v)", u, err)
		}
		c.book(c.sight(500, 2))
		c.has(200, 0)
		c.clean()

		// All of it, and more money that is not of this coin.
		c.book(c.sight(400, 2))
		c.has(600, 0)
		c.spend(600)
		c.lost(c.sight(400, 0))
		c.lost(c.sight(500, 0))
		c.has(0, 900)
		c.book(c.sight(400, 3))
		c.has(0, 500)
		c.clean()
	})
}

func TestMoneyThatIsStillThereSuspendsNobody(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.book(c.sight(500, 2))
		c.book(c.sight(400, 2))
		c.spend(400)
		c.lost(c.sight(500, 0)) // 500 of the coins' 900 are left
		c.has(0, 0)
		if u, err := useraccount.ByID(t.Context(), c.Read(), c.ann.ID); err != nil || u.Suspended {
			t.Errorf("got %+v (%v)", u, err)
		}
		c.clean()
	})
}

func TestACoinOfNobodyIsIgnored(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		s := c.sight(500, 6)
		s.Address = "bcrt1qchange"
		c.book(s)
		c.lost(s)
		if got, err := deposit.Find(t.Context(), c.Read(), s.Outpoint); err != nil || got != nil {
			t.Errorf("got %+v (%v)", got, err)
		}
		c.clean()
	})
}

// Two gateways book the same coin at the same time, over and over.
func TestTwoGatewaysBookOneCoin(t *testing.T) {
	for name, dialect := range map[string]db.Dialect{"sqlite": db.SQLite, "postgres": db.Postgres} {
		t.Run(name, func(t *testing.T) {
			all := dbtest.Several(t, dialect, 2)
			c := open(t, all[0])
			for round := range 10 {
				s := c.sight(int64(500+round), 2)
				if round%2 == 0 { // half of them were seen before
					c.book(c.sight(int64(500+round), 0))
				}
				var both sync.WaitGroup
				errs := make([]error, 4)
				for i := range errs {
					both.Go(func() {
						errs[i] = all[i%2].Tx(t.Context(), func(tx *db.Tx) error { return rules.Book(t.Context(), tx, now, "key", s) })
					})
				}
				both.Wait()
				if err := errors.Join(errs...); err != nil {
					t.Error(err)
				}
				c.is(s, deposit.Credited)
			}
			c.has(10*500+45, 0)
			if n := len(c.told()); n != 15 {
				t.Errorf("told %d times", n)
			}
			c.clean()
		})
	}
}

// The cursor moves with the bookings or not at all.
func TestCursor(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		cursor := func(want string) {
			t.Helper()
			if got, err := deposit.Cursor(t.Context(), c.Read(), "key"); err != nil || got != want {
				t.Errorf("got %q (%v), want %q", got, err, want)
			}
		}
		cursor("")
		broken := errors.New("the power went")
		book := func(to string, end error) error {
			return c.Tx(t.Context(), func(tx *db.Tx) error {
				if err := rules.Book(t.Context(), tx, now, "key", c.sight(500, 2)); err != nil {
					return err
				}
				return errors.Join(deposit.MoveCursor(t.Context(), tx, "key", to, now), end)
			})
		}
		if err := book("100", broken); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		cursor("")
		c.has(0, 0)
		if err := book("100", nil); err != nil {
			t.Fatal(err)
		}
		cursor("100")
		c.has(500, 0)
		if err := book("120", nil); err != nil {
			t.Fatal(err)
		}
		cursor("120")
		c.has(500, 0)
	})
}

func TestATurnIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for turn := range int64(3) {
			if got, err := deposit.Turn(t.Context(), c.Read()); err != nil || got != turn {
				t.Errorf("got turn %d (%v), want %d", got, err, turn)
			}
			for _, want := range []bool{true, false} {
				c.do(func(tx *db.Tx) error {
					ok, err := deposit.TakeTurn(t.Context(), tx, turn, now)
					if ok != want {
						t.Errorf("turn %d: got %v, want %v", turn, ok, want)
					}
					return err
				})
			}
		}
		if got, err := deposit.Cursor(t.Context(), c.Read(), "key"); err != nil || got != "" {
			t.Errorf("got cursor %q (%v)", got, err)
		}
	})
}

func TestYoung(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for sat, confirmations := range map[int64]int64{500: 0, 501: 2, 502: 100, 5: 1, 503: 2, 504: 0} {
			c.book(c.sight(sat, confirmations))
		}
		c.lost(c.sight(503, 0)) // was credited
		c.lost(c.sight(504, 0)) // was not
		young, err := deposit.Young(t.Context(), c.Read(), 100)
		if err != nil {
			t.Fatal(err)
		}
		got := map[int64]bool{}
		for _, y := range young {
			got[y.Amount.Sats()] = true
		}
		if fmt.Sprint(got) != fmt.Sprint(map[int64]bool{5: true, 500: true, 501: true, 503: true}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestAddresses(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.do(func(tx *db.Tx) error {
			return deposit.AddAddress(t.Context(), tx, c.ann.ID, "bcrt1qsecond", "rent", now+1)
		})
		if err := c.Tx(t.Context(), func(tx *db.Tx) error { return deposit.AddAddress(t.Context(), tx, c.ann.ID, "bcrt1qsecond", "", now) }); err == nil {
			t.Error("an address belongs to two")
		}
		c.book(c.sight(500, 2))
		c.book(c.sight(600, 1))
		c.do(func(tx *db.Tx) error {
			for user, want := range map[useraccount.ID]bool{c.ann.ID: true, c.ann.ID + 1: false} {
				if ok, err := deposit.Label(t.Context(), tx, user, "bcrt1qsecond", "food"); err != nil || ok != want {
					t.Errorf("got %v (%v), want %v", ok, err, want)
				}
			}
			return nil
		})
		all, err := deposit.Addresses(t.Context(), c.Read(), c.ann.ID)
		if err != nil || len(all) != 2 {
			t.Fatalf("got %+v (%v)", all, err)
		}
		if a := all[0]; a.Address != c.addr || !a.Used || a.Received != 500*amount.Sat {
			t.Errorf("got %+v", a)
		}
		if a := all[1]; a.Label != "food" || a.Used || a.Received != 0 {
			t.Errorf("got %+v", a)
		}
		if a, err := deposit.Owner(t.Context(), c.Read(), "bcrt1qnobody"); a != nil || err != nil {
			t.Errorf("got %+v (%v)", a, err)
		}
	})
}
