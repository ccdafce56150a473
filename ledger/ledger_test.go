package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// accounts opens the money accounts of users, and finds the chain's.
func accounts(t *testing.T, d *db.DB, names ...string) (chain ledger.Account, users []ledger.Account) {
	t.Helper()
	chain, users, _ = both(t, d, names...)
	return chain, users
}

// both opens the two accounts of users, and finds the chain's.
func both(t *testing.T, d *db.DB, names ...string) (chain ledger.Account, users, held []ledger.Account) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
		users, held = nil, nil
		for _, name := range names {
			money, aside, err := ledger.Open(t.Context(), tx, name)
			if err != nil {
				return err
			}
			users, held = append(users, money), append(held, aside)
		}
		chain, err = ledger.System(t.Context(), tx, "chain")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return chain, users, held
}

// post books a transfer in a transaction of its own.
func post(ctx context.Context, d *db.DB, x ledger.Transfer) error {
	return d.Tx(ctx, func(tx *db.Tx) error { return ledger.Post(ctx, tx, x) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// has checks a balance.
func has(t *testing.T, d *db.DB, a ledger.Account, want amount.Msat) {
	t.Helper()
	if got, err := ledger.Balance(t.Context(), d.Read(), a); err != nil || got != want {
		t.Errorf("account %d has %d msat (%v), want %d", a, got, err, want)
	}
}

// sound checks that the audit finds nothing.
func sound(t *testing.T, d *db.DB) {
	t.Helper()
	if found, err := ledger.Audit(t.Context(), d.Read()); err != nil || len(found) != 0 {
		t.Errorf("the audit found %v (%v)", found, err)
	}
}

func TestATransferIsBookedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain, u := accounts(t, d, "ann", "bob")
		ann, bob := u[0], u[1]
		in := ledger.Transfer{Ref: "coin:a:0", Step: "credit:1", Debit: chain, Credit: ann, Amount: 1000, At: 7}
		must(t, post(t.Context(), d, in))
		if err := post(t.Context(), d, in); !errors.Is(err, ledger.ErrBooked) {
			t.Errorf("the second time says %v", err)
		}
		again := in
		again.Amount, again.Credit = 5000, bob // the key decides, whatever else is said
		if err := post(t.Context(), d, again); !errors.Is(err, ledger.ErrBooked) {
			t.Errorf("the same key with another amount says %v", err)
		}
		again.Debit = bob // what makes no sense is said first, on both engines
		if err := post(t.Context(), d, again); err == nil || errors.Is(err, ledger.ErrBooked) {
			t.Errorf("the same key to oneself says %v", err)
		}
		has(t, d, ann, 1000)
		has(t, d, bob, 0)
		has(t, d, chain, -1000)
		if got, err := ledger.Booked(t.Context(), d.Read(), in.Ref, in.Step); err != nil || got != 1000 {
			t.Errorf("booked are %d (%v)", got, err)
		}
		if _, err := ledger.Booked(t.Context(), d.Read(), in.Ref, "credit:2"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("what was not booked is %v", err)
		}
		sound(t, d)
	})
}

func TestAnOverdraftIsShortAndMovesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain, u, held := both(t, d, "ann", "bob")
		ann, bob := u[0], held[1]
		must(t, post(t.Context(), d, ledger.Transfer{Ref: "coin:a:0", Step: "credit:1", Debit: chain, Credit: ann, Amount: 1000}))
		all := ledger.Transfer{Ref: "order:1", Step: "hold", Debit: ann, Credit: bob, Amount: 1001}
		for range 2 { // the refused one left no trace, so it is refused again
			if err := post(t.Context(), d, all); !fault.Is(err, fault.InsufficientFunds) || fault.Of(err).Phrase != "fault.short" {
				t.Errorf("one msat too much says %v", err)
			}
		}
		has(t, d, ann, 1000)
		has(t, d, bob, 0)
		all.Amount = 1000
		must(t, post(t.Context(), d, all)) // to the last msat
		has(t, d, ann, 0)
		if err := post(t.Context(), d, all); !errors.Is(err, ledger.ErrBooked) { // and not Short
			t.Errorf("a repeat from an empty account says %v", err)
		}
		has(t, d, bob, 1000)
		sound(t, d)
	})
}

// What the accounts of the system can owe is all that can be on the others.
func TestNoBalanceOverflows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var floors []int64
		must(t, sqlx.SelectContext(t.Context(), d.Read(), &floors, `SELECT floor FROM account WHERE kind = 'system'`))
		room := int64(math.MinInt64)
		for _, floor := range floors {
			if room -= floor; room > 0 {
				t.Fatalf("the floors are %d msat: their sum does not fit in 64 bits", floors)
			}
		}
	})
}

func TestAnOverdraftUndoesWhatWentBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain, u, held := both(t, d, "ann", "bob", "eve")
		must(t, post(t.Context(), d, ledger.Transfer{Ref: "coin:a:0", Step: "credit:1", Debit: chain, Credit: u[0], Amount: 1000}))
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "order:1", Step: "hold", Debit: u[0], Credit: held[1], Amount: 900}); err != nil {
				return err
			}
			return ledger.Post(t.Context(), tx, ledger.Transfer{Ref: "order:2", Step: "hold", Debit: u[0], Credit: held[2], Amount: 101})
		})
		if !fault.Is(err, fault.InsufficientFunds) {
			t.Errorf("got %v", err)
		}
		has(t, d, u[0], 1000)
		has(t, d, held[1], 0)
		sound(t, d)
	})
}

func TestWhatIsNoTransferIsRefusedAndIsNotShort(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain, u, held := both(t, d, "ann", "bob")
		must(t, post(t.Context(), d, ledger.Transfer{Ref: "coin:a:0", Step: "credit:1", Debit: chain, Credit: u[0], Amount: amount.Max}))
		for name, x := range map[string]ledger.Transfer{
			"nothing":            {Debit: u[0], Credit: held[1], Amount: 0},
			"less than nothing":  {Debit: u[0], Credit: held[1], Amount: -1},
			"more than there is": {Debit: u[0], Credit: held[1], Amount: amount.Max + 1},
			"to oneself":         {Debit: u[0], Credit: u[0], Amount: 1},
			"from nobody":        {Debit: 999, Credit: held[0], Amount: 1},
			"to nobody":          {Debit: u[0], Credit: 999, Amount: 1},
		} {
			t.Run(name, func(t *testing.T) {
				x.Ref, x.Step = "order:1", "hold"
				if err := post(t.Context(), d, x); err == nil || fault.Is(err, fault.InsufficientFunds) {
					t.Errorf("got %v", err)
				}
				has(t, d, u[0], amount.Max)
				has(t, d, held[1], 0)
			})
		}
		err := post(t.Context(), d, ledger.Transfer{Ref: "coin:b:0", Step: "credit:1", Debit: chain, Credit: u[1], Amount: 1})
		if !fault.Is(err, fault.InsufficientFunds) {
			t.Errorf("more than can exist: %v", err)
		}
		sound(t, d)
	})
}

// All the money there is goes to and fro: the sums of an account pass 64 bits.
func TestTheAuditBearsAnyTurnover(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		chain, u, held := both(t, d, "ann")
		u = append(u, held...)
		steps := []string{"hold", "release"}
		must(t, post(t.Context(), d, ledger.Transfer{Ref: "import:0", Step: "open", Debit: chain, Credit: u[0], Amount: amount.Max}))
		for i := range 10 {
			must(t, post(t.Context(), d, ledger.Transfer{Ref: fmt.Sprint("order:", i), Step: steps[i%2], Debit: u[i%2], Credit: u[(i+1)%2], Amount: amount.Max}))
		}
		must(t, post(t.Context(), d, ledger.Transfer{Ref: "order:odd", Step: "hold", Debit: u[0], Credit: u[1], Amount: 1_234_567_890_123_456_789}))
		has(t, d, u[1], 1_234_567_890_123_456_789)
		sound(t, d)
	})
}

func TestAUserHasTwoAccountsAndOpensThemOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		accounts(t, d, "ann@example.org")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, _, err := ledger.Open(t.Context(), tx, "ann@example.org")
			return err
		})
		if !db.IsUnique(err) {
			t.Errorf("the second time says %v", err)
		}
		if _, err := ledger.System(t.Context(), d.Read(), "user:ann@example.org"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("a user is a system account: %v", err)
		}
		for _, name := range []string{"chain", "loss"} {
			if _, err := ledger.System(t.Context(), d.Read(), name); err != nil {
				t.Error(err)
			}
		}
	})
}
