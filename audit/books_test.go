package audit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestHonestBooksHaveNoFindings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if found, err := audit.Books(t.Context(), d.Read()); err != nil || len(found) != 0 {
			t.Errorf("an empty gateway: %v (%v)", found, err)
		}
		build(t, d)
		if found, err := audit.Books(t.Context(), d.Read()); err != nil || len(found) != 0 {
			t.Errorf("found %v (%v)", found, err)
		}
		r, err := audit.Ledger(t.Context(), d, audit.Everything)
		var outside int64
		if e := sqlx.GetContext(t.Context(), d.Read(), &outside, `SELECT -SUM(bal) FROM account WHERE name IN ('chain', 'lightning')`); e != nil {
			t.Fatal(e)
		}
		// 515,000 sat came in; three payments of 1,000 with a fee of 150 are in a block.
		// Over Lightning came 4,000 sat and a msat, and two payments of 2,000 sat left with a fee of 5.
		if err != nil || int64(r.Owed) != outside || r.Owed != 511_550_000+4_000_001-2*2_005_000 || r.World {
			t.Errorf("owed are %d, the world says %d (%v)", r.Owed, outside, err)
		}
	})
}

// A look at what is new adds up accounts of the system by their names, so it names them all.
func TestEveryAccountOfTheSystemIsMirrored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		build(t, d)
		var names []string
		if err := sqlx.SelectContext(t.Context(), d.Read(), &names, `SELECT name FROM account WHERE kind = 'system'`); err != nil || len(names) == 0 {
			t.Fatalf("got %q (%v)", names, err)
		}
		for _, name := range names {
			if !strings.Contains(audit.Mirrored, "'"+name+"'") {
				t.Errorf("%s is not added up", name)
			}
		}
		var owed, users int64
		if err := sqlx.GetContext(t.Context(), d.Read(), &owed, audit.Mirrored); err != nil {
			t.Fatal(err)
		}
		if err := sqlx.GetContext(t.Context(), d.Read(), &users, `SELECT SUM(bal) FROM account WHERE kind <> 'system'`); err != nil || owed != users || owed == 0 {
			t.Errorf("users have %d, the system lacks %d (%v)", users, owed, err)
		}
	})
}

// crime is what somebody with the database password could do, and what the
// audit must say: these rules, by their first words, and no other.
type crime struct {
	deeds []string
	rules []string
	old   []string // of the rules, those that a look at what is new does not find broken
}

// insideInvoice is what the ledger calls the invoice of a neighbour that is paid.
const insideInvoice = `(SELECT 'order:' || CAST(id AS TEXT) FROM payment_order WHERE state = 'done' AND to_user IS NOT NULL AND payment_hash IS NOT NULL)`

var crimes = map[string]crime{
	"one msat for ann": {
		deeds: []string{`UPDATE account SET bal = bal + 1 WHERE name = 'user:ann@example.org'`},
		rules: []string{"all accounts", "a balance is its", "a balance is what"}},
	"one msat from bob to ann": {
		deeds: []string{`UPDATE account SET bal = bal + 1 WHERE name = 'user:ann@example.org'`, `UPDATE account SET bal = bal - 1 WHERE name = 'user:bob@example.org'`},
		rules: []string{"a balance is its", "a balance is its", "a balance is what", "a balance is what"}},
	"one msat from ann's held money": {
		deeds: []string{`UPDATE account SET bal = bal + 1 WHERE name = 'user:ann@example.org'`, `UPDATE account SET bal = bal - 1 WHERE name = 'held:ann@example.org'`},
		rules: []string{"a balance is its", "a balance is its", "a balance is what", "a balance is what", "what is held"}},
	"a transfer that forgot one side": {
		deeds: []string{`INSERT INTO transfer (ref, step, debit, credit, amt, created) SELECT 'import:1', 'x', 999, id, 1, 7 FROM account WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal + 1 WHERE name = 'user:ann@example.org'`},
		rules: []string{"all accounts", "every transfer is between"}},
	"an overdraft by the book": {
		deeds: []string{`INSERT INTO transfer (ref, step, debit, credit, amt, created)
			SELECT 'import:1', 'x', a.id, b.id, a.bal + 1, 7 FROM account a, account b WHERE a.name = 'user:bob@example.org' AND b.name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal + (SELECT bal + 1 FROM account WHERE name = 'user:bob@example.org') WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = -1 WHERE name = 'user:bob@example.org'`},
		rules: []string{"no user and no hold"}},
	"a transfer that goes": {
		deeds: []string{`DELETE FROM transfer WHERE step = 'pay' AND amt = 1000000`},
		rules: []string{"a balance is its", "a balance is its", "a balance is what", "a balance is what", "an order in a block"}},
	"a transfer that grows": {
		deeds: []string{`UPDATE transfer SET amt = amt + 1 WHERE step = 'pay' AND amt = 1000000`},
		rules: []string{"a balance is its", "a balance is its", "a balance is what", "a balance is what", "an order in a block", "a transfer of an order"}},
	"a transfer of a coin under another name": {
		deeds: []string{`UPDATE transfer SET step = 'gift:1' WHERE step = 'credit:1' AND amt = 500000000`},
		rules: []string{"a credited coin", "a transfer of a coin"}},
	"a transfer for nothing that we know": {
		deeds: []string{`UPDATE transfer SET ref = 'gift:1' WHERE step = 'credit:1' AND amt = 500000000`},
		rules: []string{"a credited coin", "every transfer belongs"},
		old:   []string{"every transfer belongs"}},
	"a hold that no order asked for": {
		deeds: []string{`UPDATE payment_order SET fee_limit = fee_limit - 1 WHERE state = 'held' AND to_address IS NOT NULL`},
		rules: []string{"what is held", "a transfer of an order"}},
	"a live order that lost its state": {
		deeds: []string{`UPDATE payment_order SET state = 'failed' WHERE state = 'held' AND to_address IS NOT NULL`},
		rules: []string{"what is held", "the sums of what a user"}},
	"a user who spent more today than the sum says": {
		deeds: []string{`UPDATE spent SET amount = amount - 1 WHERE span = 60 AND since = (SELECT MAX(since) FROM spent) AND user_id = (SELECT id FROM user_account WHERE jid = 'ann@example.org')`},
		rules: []string{"the sums of what a user"}},
	"a user whose hour was forgotten": {
		deeds: []string{`DELETE FROM spent WHERE span = 3600 AND since = (SELECT MAX(since) FROM spent WHERE span = 3600) AND user_id = (SELECT id FROM user_account WHERE jid = 'ann@example.org')`},
		rules: []string{"the sums of what a user"}},
	"an order done that never left": {
		deeds: []string{`UPDATE payment_order SET state = 'done' WHERE state = 'new' AND to_user IS NOT NULL AND payment_hash IS NULL`},
		rules: []string{"an order in a block"}},
	"an order that left and says it did not": {
		deeds: []string{`UPDATE payment_order SET state = 'cancelled' WHERE state = 'done' AND to_user IS NOT NULL AND payment_hash IS NULL AND amount = 1000000`},
		rules: []string{"an order in a block"}},
	"a coin worth more than was credited": {
		deeds: []string{`UPDATE coin SET amount = amount + 1 WHERE amount = 500000000`},
		rules: []string{"a credited coin"}},
	"a coin credited that was not": {
		deeds: []string{`UPDATE coin SET state = 'credited' WHERE state = 'seen'`},
		rules: []string{"a credited coin"}},
	"a coin reversed that was not": {
		deeds: []string{`UPDATE coin SET state = 'gone' WHERE state = 'credited' AND round = 1`},
		rules: []string{"a credited coin"}},
	"a coin that goes": {
		deeds: []string{`DELETE FROM coin WHERE amount = 500000000`},
		rules: []string{"every transfer belongs"}},
	"a payment without its transaction": {
		deeds: []string{`DELETE FROM effect WHERE order_id = (SELECT id FROM payment_order WHERE state = 'sending' AND to_address IS NOT NULL)`},
		rules: []string{"an order that pays outside"}},
	"a fee that nobody agreed to": {
		deeds: []string{`UPDATE effect SET fee = 200001 WHERE order_id = (SELECT id FROM payment_order WHERE state = 'sending' AND to_address IS NOT NULL)`},
		rules: []string{"nobody paid more"}},
	"a fee that nobody agreed to, in both places": {
		deeds: []string{`UPDATE effect SET fee = 200001 WHERE order_id = (SELECT id FROM payment_order WHERE state = 'sending' AND to_address IS NOT NULL)`,
			`UPDATE payment_order SET fee = 200001 WHERE state = 'sending' AND to_address IS NOT NULL`},
		rules: []string{"nobody paid more"}},
	"a stray transfer under a true order, from payer to payee": {
		deeds: []string{`INSERT INTO transfer (ref, step, debit, credit, amt, created)
			SELECT 'order:' || CAST(o.id AS TEXT), 'bonus', a.id, b.id, 300, 7 FROM payment_order o, account a, account b
			WHERE o.state = 'done' AND o.to_user IS NOT NULL AND o.payment_hash IS NULL AND o.amount = 1000000 AND a.name = 'user:ann@example.org' AND b.name = 'user:bob@example.org'`,
			`UPDATE account SET bal = bal - 300 WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal + 300 WHERE name = 'user:bob@example.org'`},
		rules: []string{"a transfer of an order"}},
	"a payment to somebody else than ordered": {
		deeds: []string{`UPDATE transfer SET credit = (SELECT id FROM account WHERE name = 'user:ann@example.org') WHERE step = 'pay' AND amt = 1000000`,
			`UPDATE account SET bal = bal + 1000000 WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal - 1000000 WHERE name = 'user:bob@example.org'`},
		rules: []string{"a transfer of an order"}},
	"a neighbour who is paid out of what is set aside for others": {
		deeds: []string{`UPDATE transfer SET debit = (SELECT id FROM account WHERE name = 'held:ann@example.org') WHERE step = 'pay' AND amt = 1000000`,
			`UPDATE account SET bal = bal + 1000000 WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal - 1000000 WHERE name = 'held:ann@example.org'`},
		rules: []string{"what is held", "a transfer of an order"}},
	"a neighbour's invoice that is paid past what was set aside for it": {
		deeds: []string{`UPDATE transfer SET debit = (SELECT id FROM account WHERE name = 'user:ann@example.org') WHERE step = 'pay' AND amt = 2000000`,
			`UPDATE account SET bal = bal - 2000000 WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal + 2000000 WHERE name = 'held:ann@example.org'`},
		rules: []string{"what is held", "a transfer of an order"}},
	"a neighbour's invoice that is paid and was never set aside": {
		deeds: []string{`DELETE FROM transfer WHERE step = 'hold' AND ref = ` + insideInvoice,
			`UPDATE transfer SET debit = (SELECT id FROM account WHERE name = 'user:ann@example.org') WHERE step = 'pay' AND ref = ` + insideInvoice},
		rules: []string{"a transfer of an order"}},
	"a coin credited to somebody else": {
		deeds: []string{`UPDATE transfer SET credit = (SELECT id FROM account WHERE name = 'user:ann@example.org') WHERE step = 'credit:1' AND ref LIKE 'coin:%' AND amt = 5000000`,
			`UPDATE account SET bal = bal + 5000000 WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal - 5000000 WHERE name = 'user:bob@example.org'`},
		rules: []string{"a transfer of a coin"}},
	"an invoice credited to somebody else": {
		deeds: []string{`UPDATE transfer SET credit = (SELECT id FROM account WHERE name = 'user:ann@example.org') WHERE step = 'credit:1' AND amt = 4000000`,
			`UPDATE account SET bal = bal + 4000000 WHERE name = 'user:ann@example.org'`,
			`UPDATE account SET bal = bal - 4000000 WHERE name = 'user:bob@example.org'`},
		rules: []string{"a transfer of an invoice"}},
	"a fee that the order does not know": {
		deeds: []string{`UPDATE payment_order SET fee = NULL WHERE state = 'sending' AND to_address IS NOT NULL`},
		rules: []string{"nobody paid more"}},
}

var errUndo = errors.New("undo")

// unguarded runs fn where no trigger and no constraint protects the books,
// and undoes all of it.
func unguarded(t *testing.T, d *db.DB, fn func(tx *db.Tx)) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		ask, off := `SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0`,
			`SET LOCAL session_replication_role = replica`
		if d.Dialect == db.SQLite {
			ask, off = `SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'`,
				`PRAGMA defer_foreign_keys = 1; PRAGMA ignore_check_constraints = 1`
			defer tx.ExecContext(t.Context(), `PRAGMA ignore_check_constraints = 0`)
		}
		var drop []string
		if err := tx.SelectContext(t.Context(), &drop, ask); err != nil || len(drop) < 5 {
			t.Fatal(drop, err)
		}
		for _, q := range append(drop, off) {
			if _, err := tx.ExecContext(t.Context(), q); err != nil {
				t.Fatal(q, err)
			}
		}
		fn(tx)
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Fatal(err)
	}
}

func TestTheAuditFindsEachCrimeAndNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		build(t, d)
		for name, c := range crimes {
			t.Run(name, func(t *testing.T) {
				unguarded(t, d, func(tx *db.Tx) {
					for _, q := range c.deeds {
						if ok, err := tx.One(t.Context(), q); err != nil || !ok {
							t.Fatalf("%s: %v (%v)", q, ok, err)
						}
					}
					allIsNew(t, tx)
					finds(t, tx, audit.Books, c.rules)
					finds(t, tx, fresh(d.Dialect), c.fresh())
				})
			})
		}
		if found, err := audit.Books(t.Context(), d.Read()); err != nil || len(found) != 0 {
			t.Errorf("after all was undone: %v (%v)", found, err)
		}
	})
}

func TestEveryRuleIsBrokenOnce(t *testing.T) {
	for _, rule := range audit.Rules() {
		broken := slices.ContainsFunc(slices.Concat(rulesOf(crimes), rulesOf(overdrafts)), func(r string) bool { return strings.HasPrefix(rule, r) })
		if !broken {
			t.Errorf("nobody breaks %q", rule)
		}
	}
}

func rulesOf(of map[string]crime) (all []string) {
	for _, c := range of {
		all = append(all, c.rules...)
	}
	return all
}
