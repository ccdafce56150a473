package legacy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/legacy"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := imported(t, d, old(t, village), nil)
		if r.Users != 3 || r.Names != 2 || r.Orders != 2 || r.Known+r.OldOrders+r.Balances != 0 {
			t.Errorf("got %+v", r)
		}
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0], `"Carol Smith" of carol@example.org can not be a name`) {
			t.Errorf("got the problems %q", r.Problems)
		}
		same(t, "users", rows(t, d.Read(), `SELECT u.jid || ' ' || COALESCE(n.name, '-') FROM user_account u LEFT JOIN username n ON n.user_id = u.id ORDER BY u.jid`),
			"ann@example.org ann", "bob@example.org bob", "carol@example.org -")
		same(t, "orders", rows(t, d.Read(), `
SELECT o.code || ' ' || o.state || ' ' || o.said_to || ' ' || COALESCE(u.jid, o.to_address) || ' ' || CAST(o.amount AS TEXT) || ' ' || o.memo || ' ' || CAST(o.created AS TEXT)
FROM payment_order o LEFT JOIN user_account u ON u.id = o.to_user ORDER BY o.id`),
			"kd7p expired Bob bob@example.org 500000000000 lunch 1296705906",
			"abcd expired 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 10000000000  1296705960")
	})
}

func TestImportTwiceIsImportOnce(t *testing.T) {
	owned := legacy.Balances{"ann@example.org": 3 * amount.BTC, "bob@example.org": 0}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		file := old(t, village)
		first := imported(t, d, file, owned)
		before := everything(t, d)
		second := imported(t, d, file, owned)
		if first.Balances != 1 || first.Credited != 3*amount.BTC {
			t.Errorf("first: %+v", first)
		}
		if second.Users+second.Names+second.Orders+second.Balances != 0 || second.Known != 3 || second.OldOrders != 2 || second.Booked != 1 {
			t.Errorf("second: %+v", second)
		}
		same(t, "the database", everything(t, d), before...)
	})
}

// everything is the content of all tables that an import may write to.
func everything(t *testing.T, d *db.DB) []string {
	t.Helper()
	var all []string
	for _, table := range []string{"account", "transfer", "user_account", "username", "payment_order", "notice", "statement", "operator_act"} {
		all = append(all, rows(t, d.Read(), `SELECT * FROM `+table+` ORDER BY 1, 2`)...)
	}
	return all
}

func TestAnImportThatIsGivenUpKeepsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		before := everything(t, d)
		s, err := legacy.Read(context.Background(), old(t, village))
		if err != nil {
			t.Fatal(err)
		}
		enough := errors.New("a dry run")
		err = d.Tx(context.Background(), func(tx *db.Tx) error {
			r, err := legacy.Import(context.Background(), tx, s, legacy.Balances{"ann@example.org": 1}, today)
			if err == nil && r.Users != 3 {
				t.Errorf("got %+v", r)
			}
			return errors.Join(err, enough)
		})
		if !errors.Is(err, enough) {
			t.Fatal(err)
		}
		same(t, "the database", everything(t, d), before...)
	})
}

// Who is here stays as they are, whether they came by an import or not.
func TestWhoIsHereIsLeftAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Tx(ctx, func(tx *db.Tx) error {
			for jid, name := range map[string]string{"ann@example.org": "annie", "mallory@example.org": "bob"} {
				u, _, err := useraccount.Register(ctx, tx, jid, 1)
				if err != nil {
					return err
				}
				if err := useraccount.Rename(ctx, tx, u, name, 1); err != nil {
					return err
				}
			}
			u, _, err := useraccount.Register(ctx, tx, "carol@example.org", 1)
			if err != nil {
				return err
			}
			return useraccount.Unregister(ctx, tx, u, 2)
		})
		if err != nil {
			t.Fatal(err)
		}
		r := imported(t, d, old(t, village), nil)
		if r.Users != 1 || r.Known != 2 || r.Names != 0 {
			t.Errorf("got %+v", r)
		}
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0], `"Bob" of bob@example.org is taken`) {
			t.Errorf("got the problems %q", r.Problems)
		}
		same(t, "users", rows(t, d.Read(), `
SELECT u.jid || ' ' || COALESCE(n.name, '-') || ' ' || CAST(u.active AS TEXT)
FROM user_account u LEFT JOIN username n ON n.user_id = u.id AND n.released IS NULL ORDER BY u.jid`),
			"ann@example.org annie 1", "bob@example.org - 1", "carol@example.org - 0", "mallory@example.org bob 1")
	})
}

func TestUsersAreTold(t *testing.T) {
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		imported(t, d, old(t, village), legacy.Balances{"bob@example.org": amount.BTC / 2})
		var got []string
		for _, n := range notices(t, d) {
			got = append(got, n.User+": "+words.Printer("en", "btc").Say(n.Phrase, n.Args))
		}
		same(t, "notices", got,
			`ann@example.org: This gateway has new software. 2 orders that you never confirmed were dropped and nothing was taken: `+
				`kd7p 5 BTC → Bob; abcd 0.1 BTC → 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa. Order again what you still want to pay.`,
			"bob@example.org: 0.5\u00a0BTC (50\u00a0000\u00a0000\u00a0sat) came over from the old gateway. Balance 0.5\u00a0BTC. (tx 1)",
			`carol@example.org: This gateway has new software, and your account came over without the name "Carol Smith", which can not be kept. `+
				`Choose a name, so that people can pay you by it: name NAME`)
	})
}

func notices(t *testing.T, d *db.DB) []outbox.Notice {
	t.Helper()
	var all []outbox.Notice
	for {
		var n *outbox.Notice
		err := d.Tx(context.Background(), func(tx *db.Tx) error {
			claimed, err := outbox.Claim(context.Background(), tx, "", 1, today, 1)
			if err != nil || len(claimed) == 0 {
				return err
			}
			n = &claimed[0][0].Notice
			return outbox.MarkDelivered(context.Background(), tx, today, n.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == nil {
			return all
		}
		all = append(all, *n)
	}
}

func TestALongListIsCut(t *testing.T) {
	d := dbtest.SQLite(t)
	var script strings.Builder
	for n := range 30 {
		fmt.Fprintf(&script, `insert into payments (from_jid, date, recipient, amount, comment, confirmation_code, fee) values ('ann@example.org', '', 'x%d', 1, '', '', 0);`, n)
	}
	r := imported(t, d, old(t, village+script.String()), nil)
	if r.Orders != 32 {
		t.Errorf("got %+v", r)
	}
	for _, n := range notices(t, d) {
		if n.Phrase != "import.orders" {
			continue
		}
		list, _ := n.Args["list"].(string)
		if n.Args["n"] != float64(32) && n.Args["n"] != int64(32) || strings.Count(list, ";") != 20 || !strings.HasSuffix(list, "…") {
			t.Errorf("got %v", n.Args)
		}
	}
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
