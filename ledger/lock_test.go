package ledger_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

func TestLockGivesTheBalances(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain, u := accounts(t, d, "ann", "bob")
		must(t, post(t.Context(), d, ledger.Transfer{Ref: "coin:a:0", Step: "credit:1", Debit: chain, Credit: u[1], Amount: 1000}))
		must(t, d.Tx(t.Context(), func(tx *db.Tx) error {
			for _, tt := range []struct {
				first  ledger.Account
				others []ledger.Account
				want   amount.Msat
			}{
				{u[1], []ledger.Account{u[0], chain}, 1000}, {u[1], nil, 1000}, {u[0], []ledger.Account{u[1]}, 0},
				{chain, []ledger.Account{u[1], u[0]}, -1000}, {u[1], []ledger.Account{u[1]}, 1000},
			} {
				if got, err := ledger.Lock(t.Context(), tx, tt.first, tt.others...); err != nil || got != tt.want {
					t.Errorf("lock %d %v says %d (%v), want %d", tt.first, tt.others, got, err, tt.want)
				}
			}
			for _, two := range [][2]ledger.Account{{u[0], u[1]}, {u[1], u[0]}, {u[1], u[1]}} {
				want := map[ledger.Account]amount.Msat{u[1]: 1000}
				if one, other, err := ledger.LockBoth(t.Context(), tx, two[0], two[1]); err != nil || one != want[two[0]] || other != want[two[1]] {
					t.Errorf("lock both of %v says %d and %d (%v)", two, one, other, err)
				}
			}
			for _, two := range [][2]ledger.Account{{999, u[0]}, {u[0], 999}} {
				_, err := ledger.Lock(t.Context(), tx, two[0], two[1])
				_, _, both := ledger.LockBoth(t.Context(), tx, two[0], two[1])
				if !errors.Is(err, sql.ErrNoRows) || !errors.Is(both, sql.ErrNoRows) {
					t.Errorf("an account that is not there is %v, %v", err, both)
				}
			}
			return nil
		}))
	})
}

// Two that name the same accounts in another order wait for each other and
// never block each other.
func TestLocksAreTakenInOneOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain, money, held := both(t, d, "ann", "bob")
		u := []ledger.Account{money[0], held[1], money[1], held[0]}
		steps := []string{"hold", "pay"}
		must(t, post(t.Context(), d, ledger.Transfer{Ref: "coin:a:0", Step: "credit:1", Debit: chain, Credit: u[0], Amount: 1000}))
		var done sync.WaitGroup
		var mu sync.Mutex
		runs := 0
		for i := range 8 {
			done.Go(func() {
				for n := range 5 {
					from, to := u[i%4], u[(i+1)%4]
					order := []ledger.Account{from, to, u[(i+2)%4]}
					if i/2%2 == 1 {
						order[1], order[2] = order[2], order[1]
					}
					if err := d.Tx(t.Context(), func(tx *db.Tx) error {
						mu.Lock()
						runs++
						mu.Unlock()
						has, err := ledger.Lock(t.Context(), tx, order[0], order[1:]...)
						if err != nil || has == 0 {
							return err
						}
						return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: fmt.Sprintf("order:%d", i*100+n), Step: steps[i%2],
							Debit: from, Credit: to, Amount: has}) // what was read stays true
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		done.Wait()
		if runs != 40 {
			t.Errorf("%d runs of 40 transactions: somebody was blocked", runs)
		}
		sound(t, d)
	})
}

func TestALockKeepsOthersOutOnPostgres(t *testing.T) {
	d := dbtest.Postgres(t)
	_, u := accounts(t, d, "ann", "bob", "eve")
	must(t, d.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := ledger.Lock(t.Context(), tx, u[0], u[1]); err != nil {
			return err
		}
		return d.Tx(t.Context(), func(other *db.Tx) error {
			var free []ledger.Account
			err := other.SelectContext(t.Context(), &free, `SELECT id FROM account WHERE kind = 'user' ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`)
			if err == nil && (len(free) != 1 || free[0] != u[2]) {
				t.Errorf("%v are free, want only %d", free, u[2])
			}
			return err
		})
	}))
}
