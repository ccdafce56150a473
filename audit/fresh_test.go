package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
)

// finds wants an audit to find these rules broken, by their first words.
func finds(t *testing.T, q sqlx.QueryerContext, look func(context.Context, sqlx.QueryerContext) ([]ledger.Finding, error), want []string) {
	t.Helper()
	found, err := look(t.Context(), q)
	var got []string
	for _, f := range found {
		got = append(got, f.Rule)
	}
	if err != nil || !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("found %q, want %q (%v)", found, want, err)
	}
}

// fresh is an audit of what is new.
func fresh(on db.Dialect) func(context.Context, sqlx.QueryerContext) ([]ledger.Finding, error) {
	return func(ctx context.Context, q sqlx.QueryerContext) ([]ledger.Finding, error) {
		return audit.Fresh(ctx, q, on)
	}
}

// fresh are the rules that a look at what is new finds broken.
func (c crime) fresh() []string {
	return slices.DeleteFunc(slices.Clone(c.rules), func(r string) bool {
		return r == "all accounts" || r == "a balance is its" || slices.Contains(c.old, r)
	})
}

// allIsNew names all that there is, as the triggers name what changes.
func allIsNew(t *testing.T, tx *db.Tx) {
	t.Helper()
	for _, q := range []string{
		`INSERT INTO unaudited (ref, transfer) SELECT ref, id FROM transfer WHERE id NOT IN (SELECT transfer FROM unaudited WHERE transfer IS NOT NULL)`,
		`INSERT INTO unaudited (ref) SELECT 'order:' || CAST(id AS TEXT) FROM payment_order`,
		`INSERT INTO unaudited (ref) SELECT 'coin:' || txid || ':' || CAST(vout AS TEXT) FROM coin`,
		`INSERT INTO unaudited (ref) SELECT 'invoice:' || hash FROM invoice`,
	} {
		if _, err := tx.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALookAtWhatIsNewBreaksEachOfItsRulesOnce(t *testing.T) {
	var broken []string
	for _, all := range []map[string]crime{crimes, overdrafts} {
		for _, c := range all {
			broken = append(broken, c.fresh()...)
		}
	}
	for _, rule := range audit.FreshRules() {
		if !slices.ContainsFunc(broken, func(r string) bool { return strings.HasPrefix(rule, r) }) {
			t.Errorf("nobody breaks %q", rule)
		}
		if !slices.Contains(audit.Rules(), rule) {
			t.Errorf("%q is no rule of all the books", rule)
		}
	}
}

// takesAway has a look take away all names there are.
func (w *town) takesAway() {
	w.t.Helper()
	r, err := audit.Ledger(w.t.Context(), w.d, audit.Everything)
	if err == nil && len(r.Findings) == 0 {
		err = r.Proved(w.t.Context(), w.d)
	}
	if err != nil || len(r.Findings) > 0 {
		w.t.Fatalf("found %v (%v)", r.Findings, err)
	}
}

// names are what has a name now, each once.
func (w *town) names() (all []string) {
	w.t.Helper()
	if err := sqlx.SelectContext(w.t.Context(), w.d.Read(), &all, `SELECT DISTINCT ref FROM unaudited ORDER BY ref`); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// What was there when a look took the names away, and was changed by a hand that names
// nothing, is found by who reads all the books, and by nobody else.
func TestWhatWasWrongBeforeIsFoundInAllTheBooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := build(t, d)
		w.takesAway()
		if names := w.names(); len(names) > 0 {
			t.Fatalf("names were left: %q", names)
		}
		finds(t, d.Read(), audit.Books, nil)
		for name, c := range crimes {
			t.Run(name, func(t *testing.T) {
				unguarded(t, d, func(tx *db.Tx) {
					for _, q := range c.deeds {
						if ok, err := tx.One(t.Context(), q); err != nil || !ok {
							t.Fatalf("%s: %v (%v)", q, ok, err)
						}
					}
					finds(t, tx, fresh(d.Dialect), nil)
					found, err := audit.Books(t.Context(), tx)
					if err != nil {
						t.Fatal(err)
					}
					for _, want := range c.rules {
						if want == "a balance is what" { // of what is new there is nothing
							continue
						}
						if !slices.ContainsFunc(found, func(f ledger.Finding) bool { return strings.HasPrefix(f.Rule, want) }) {
							t.Errorf("found %q, want %q", found, want)
						}
					}
				})
			})
		}
	})
}
