package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// The bank test of Jepsen: few accounts, many clients, random transfers, and
// somebody who reads all balances all the time.
const (
	bankAccounts = 8
	bankStart    = 100 // msat each: most of what is asked for is not there
)

// verdict is what a run of the bank saw.
type verdict struct {
	posts, booked, short int64
	reads                int64
	wrongSum, negative   int64 // reads that must not be
	lost, made           int   // acknowledged and not there; there and never acknowledged
	retries              int64 // transactions run again: deadlocks
	errs                 []error
	findings             []ledger.Finding
}

// fine says what is wrong with a run, "" for nothing.
func (v verdict) fine() string {
	var wrong []string
	say := func(n int64, what string) {
		if n > 0 {
			wrong = append(wrong, fmt.Sprintf("%d %s", n, what))
		}
	}
	say(v.wrongSum, "wrong sums")
	say(v.negative, "negative balances")
	say(int64(v.lost), "acknowledged transfers lost")
	say(int64(v.made), "transfers made of nothing")
	say(int64(len(v.findings)), "findings")
	if v.retries*1000 >= v.posts {
		say(v.retries, "deadlocks")
	}
	if len(v.errs) > 0 {
		wrong = append(wrong, v.errs[0].Error())
	}
	return strings.Join(wrong, ", ")
}

// bank runs clients over the handles, each with a number of transfers, every
// one of them posted twice.
func bank(t *testing.T, handles []*db.DB, clients, each int) verdict {
	t.Helper()
	names := make([]string, bankAccounts)
	for i := range names {
		names[i] = fmt.Sprintf("user%d", i)
	}
	chain, users, held := both(t, handles[0], names[:bankAccounts/2]...)
	for i, u := range users {
		must(t, post(t.Context(), handles[0], ledger.Transfer{Ref: fmt.Sprintf("import:%d", i), Step: "open", Debit: chain, Credit: u, Amount: bankStart}))
	}
	for i, u := range held {
		must(t, post(t.Context(), handles[0], ledger.Transfer{Ref: fmt.Sprintf("order:start%d", i), Step: "unsettle:1", Debit: chain, Credit: u, Amount: bankStart}))
	}
	var (
		v      verdict
		mu     sync.Mutex
		booked = map[string]bool{}
		spend  sync.WaitGroup
		watch  sync.WaitGroup
		ended  atomic.Bool
	)
	for c := range clients {
		spend.Go(func() {
			dice := rand.New(rand.NewPCG(1, uint64(c)))
			for n := range each {
				d := handles[(c+n)%len(handles)]
				x := random(dice, users, held, fmt.Sprintf("order:%d", c*each+n))
				for range 2 {
					runs := int64(0)
					err := d.Tx(t.Context(), func(tx *db.Tx) error { runs++; return x.run(t.Context(), tx) })
					atomic.AddInt64(&v.posts, 1)
					atomic.AddInt64(&v.retries, runs-1)
					mu.Lock()
					switch {
					case err == nil && booked[x.first.Ref]:
						v.errs = append(v.errs, fmt.Errorf("%s was booked twice", x.first.Ref))
					case err == nil:
						booked[x.first.Ref] = true
						v.booked++
					case fault.Is(err, fault.InsufficientFunds):
						v.short++
					case errors.Is(err, ledger.ErrBooked) && booked[x.first.Ref]:
					default:
						v.errs = append(v.errs, err)
					}
					mu.Unlock()
				}
			}
		})
	}
	for _, d := range handles {
		watch.Go(func() {
			for first := true; first || !ended.Load(); first = false {
				var all []struct {
					Kind string
					Bal  amount.Msat
				}
				err := sqlx.SelectContext(t.Context(), d.Read(), &all, `SELECT kind, bal FROM account`)
				if err != nil {
					mu.Lock()
					v.errs = append(v.errs, err)
					mu.Unlock()
					return
				}
				sum, below := amount.Msat(0), false
				for _, a := range all {
					sum += a.Bal
					below = below || a.Kind != "system" && a.Bal < 0
				}
				mu.Lock()
				v.reads++
				if sum != 0 {
					v.wrongSum++
				}
				if below {
					v.negative++
				}
				mu.Unlock()
			}
		})
	}
	spend.Wait()
	ended.Store(true)
	watch.Wait()
	v.settle(t, handles[0], booked)
	return v
}

// settle compares what clients were told with what is there.
func (v *verdict) settle(t *testing.T, d *db.DB, booked map[string]bool) {
	t.Helper()
	var there []string
	must(t, sqlx.SelectContext(t.Context(), d.Read(), &there, `SELECT DISTINCT ref FROM transfer WHERE ref LIKE 'order:%' AND step <> 'unsettle:1'`))
	for _, ref := range there {
		if !booked[ref] {
			v.made++
		}
		delete(booked, ref)
	}
	v.lost = len(booked)
	var err error
	if v.findings, err = ledger.Audit(t.Context(), d.Read()); err != nil {
		t.Fatal(err)
	}
}

// move is one transfer or, as orders do, two under one lock.
type move struct{ first, second ledger.Transfer }

func random(dice *rand.Rand, users, held []ledger.Account, ref string) move {
	p := dice.Perm(len(users))
	a := amount.Msat(1 + dice.IntN(bankStart))
	from, to, steps := users, held, []string{"hold", "pay"}
	if dice.IntN(2) == 0 {
		from, to, steps = held, users, []string{"pay", "hold"}
	}
	m := move{first: ledger.Transfer{Ref: ref, Step: steps[0], Debit: from[p[0]], Credit: to[p[1]], Amount: a}}
	if dice.IntN(4) == 0 {
		m.second = ledger.Transfer{Ref: ref, Step: steps[1], Debit: to[p[1]], Credit: from[p[2]], Amount: a}
	}
	return m
}

func (m move) run(ctx context.Context, tx *db.Tx) error {
	if m.second.Amount == 0 {
		return ledger.Post(ctx, tx, m.first)
	}
	if _, err := ledger.Lock(ctx, tx, m.first.Debit, m.first.Credit, m.second.Credit); err != nil {
		return err
	}
	if err := ledger.Post(ctx, tx, m.first); err != nil {
		return err
	}
	return ledger.Post(ctx, tx, m.second)
}

func TestBank(t *testing.T) {
	for _, tt := range []struct {
		dialect                db.Dialect
		handles, clients, each int
	}{
		{db.Postgres, 3, 24, 25}, // three gateways
		{db.SQLite, 1, 16, 25},
		{db.SQLite, 2, 8, 10}, // what the lock file forbids would be right, too
	} {
		t.Run(fmt.Sprintf("%s, %d handles", tt.dialect, tt.handles), func(t *testing.T) {
			v := bank(t, dbtest.Several(t, tt.dialect, tt.handles), tt.clients, tt.each)
			if wrong := v.fine(); wrong != "" {
				t.Error(wrong)
			}
			if v.short == 0 || v.booked == 0 || v.reads == 0 {
				t.Errorf("the run proves nothing: %+v", v)
			}
			t.Logf("%d posts, %d booked, %d short, %d reads, %d run again", v.posts, v.booked, v.short, v.reads, v.retries)
		})
	}
}

// A guard that is gone must be seen by the test above.
func TestBankSeesWhatIsBroken(t *testing.T) {
	for name, tt := range map[string]struct {
		dialect db.Dialect
		break_  []string
		sees    string
	}{
		"no check, postgres": {db.Postgres, []string{`ALTER TABLE account DROP CONSTRAINT no_overdraft`}, "negative balances"},
		"no lock order, postgres": {db.Postgres, []string{`
CREATE OR REPLACE FUNCTION transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account SET bal = bal - NEW.amt WHERE id = NEW.debit;
    PERFORM pg_sleep(0.01); -- so that those who cross do meet
    UPDATE account SET bal = bal + NEW.amt WHERE id = NEW.credit;
    RETURN NULL;
END $$`,
			`DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET deadlock_timeout = ''5ms'''; END $$`}, "deadlocks"},
		"half a transfer, postgres": {db.Postgres, []string{`
CREATE OR REPLACE FUNCTION transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account SET bal = bal + NEW.amt WHERE id = NEW.credit;
    RETURN NULL;
END $$`}, "wrong sums"},
		"no transfer at all, postgres": {db.Postgres, []string{`DROP TRIGGER transfer_moves ON transfer`}, "findings"},
		"no check, sqlite":             {db.SQLite, []string{`PRAGMA ignore_check_constraints = 1`}, "negative balances"},
		"half a transfer, sqlite": {db.SQLite, []string{`DROP TRIGGER transfer_moves`, `
CREATE TRIGGER transfer_moves AFTER INSERT ON transfer BEGIN
    UPDATE account SET bal = bal + NEW.amt WHERE id = NEW.credit;
END`}, "wrong sums"},
		"no transfer at all, sqlite": {db.SQLite, []string{`DROP TRIGGER transfer_moves`}, "findings"},
	} {
		t.Run(name, func(t *testing.T) {
			handles := dbtest.Several(t, tt.dialect, 1)
			for _, q := range tt.break_ {
				must(t, handles[0].Tx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.ExecContext(t.Context(), q)
					return err
				}))
			}
			v := bank(t, handles, 8, 10)
			if got := v.fine(); !strings.Contains(got, tt.sees) {
				t.Errorf("seen are %q, want %q", got, tt.sees)
			}
		})
	}
}
