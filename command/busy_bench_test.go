package command_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// million makes the benchmark of busy users also measure among a million orders, which
// take minutes to write.
var million = flag.Bool("million", false, "BenchmarkBusyUser: also among a million orders of others")

// busy is a town in which ann ordered so much today, and others so much.
type busy struct {
	name        string
	own, others int
}

var busyTowns = []busy{{"0", 0, 1000}, {"1000", 1000, 1000}, {"50000", 50_000, 1000}, {"0 of 100000", 0, 100_000}, {"0 of 1000000", 0, 1_000_000}}

// What a user waits for does not grow with what they ordered today, and not with what
// others ordered. The towns take turns, so that a busy machine is one for all of them: a
// ratio is that of medians, to the town where ann has ordered nothing.
func BenchmarkBusyUser(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			var towns []*town
			for _, t := range busyTowns {
				if t.others < 1_000_000 || *million {
					towns = append(towns, newBusyTown(b, open(b), t))
				}
			}
			took := map[string][][]time.Duration{}
			for b.Loop() {
				for i, w := range towns {
					for what, d := range w.busyRound() {
						if took[what] == nil {
							took[what] = make([][]time.Duration, len(towns))
						}
						took[what][i] = append(took[what][i], d)
					}
				}
			}
			fmt.Printf("%-8s %-8s %-16s %12s %8s\n", "", "", "orders of ann", "ms", "ratio")
			for _, what := range busyAsks {
				first := median(took[what][0])
				for i := range towns {
					m := median(took[what][i])
					fmt.Printf("%-8s %-8s %-16s %12.3f %8.2f\n", name, what, busyTowns[i].name, m.Seconds()*1000, m.Seconds()/first.Seconds())
				}
			}
		})
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// busyAsks are what is measured: what ann says, and what a bot says that pays out of a
// budget of a month.
var busyAsks = []string{"pay", "confirm", "pending", "wrong", "history", "bot pays", "bot's"}

// busyRound is how long ann waits for each answer.
func (w *town) busyRound() map[string]time.Duration {
	took := map[string]time.Duration{}
	bot, code := w.appOf("ann/clerk").ID, ""
	for _, ask := range []struct {
		what, text string
		app        wallet.AppID
		wrong      bool
	}{
		{"pay", "pay 1 bob", 0, false}, {"pending", "pending", 0, false}, {"wrong", "confirm 2222", 0, true},
		{"confirm", "confirm", 0, false}, {"history", "history", 0, false}, {"bot pays", "pay 1 bob", bot, false}, {"bot's", "confirm", bot, false},
	} {
		if ask.text == "confirm" {
			ask.text += " " + code
		}
		w.asked++
		begin := time.Now()
		r, err := w.desk.Ask(context.Background(), command.Request{User: jid("ann"), App: ask.app, Text: ask.text, ID: fmt.Sprint("busy-", w.asked)})
		took[ask.what] = time.Since(begin)
		if (err != nil) != ask.wrong {
			w.t.Fatalf("%s: %v", ask.what, err)
		}
		if made := codeIn(r); made != "" {
			code = made
		}
	}
	return took
}

func newBusyTown(b *testing.B, d *db.DB, t busy) *town {
	b.Helper()
	w := newTown(b, d, nil)
	w.desk.Policy.Limits.Day, w.desk.Policy.Limits.FirstDay, w.desk.Policy.Limits.Balance = amount.Max, amount.Max, amount.Max
	ann := w.settle("ann", amount.FromSats(100_000_000))
	w.settle("bob", 0)
	w.open()
	w.must("ann", "", "link lime clerk budget 1000000/month")
	w.history(ann, t.own, w.now.Unix())
	for i := range 10 {
		w.history(w.settle(fmt.Sprint("other", i), 0), t.others/10, w.now.Unix())
	}
	analyse(b, d)
	return w
}

// settle is somebody who came over with money, and asks no node.
func (w *town) settle(name string, has amount.Msat) (u *useraccount.User) {
	w.t.Helper()
	ctx, at := context.Background(), w.now.Unix()-10*24*3600
	w.write(func(tx *db.Tx) (err error) {
		if u, _, err = useraccount.Register(ctx, tx, jid(name), at); err != nil {
			return err
		}
		if err = useraccount.Rename(ctx, tx, u, name, at); err != nil || has == 0 {
			return err
		}
		from, err := ledger.System(ctx, tx, "chain")
		if err != nil {
			return err
		}
		return ledger.Post(ctx, tx, ledger.Transfer{Ref: "import:" + name, Step: "open", Debit: from, Credit: u.Money, Amount: has, At: at})
	})
	return u
}

// history writes n orders of the last 24 hours that are over, of every kind, as fast as
// the engine can: half of them by the user's app, if there is one. They are in no ledger.
func (w *town) history(u *useraccount.User, n int, now int64) {
	w.t.Helper()
	w.write(func(tx *db.Tx) error {
		_, err := tx.ExecContext(context.Background(), `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
INSERT INTO payment_order (user_id, code, state, to_user, said_to, said_at, amount, fee_limit, client_key, created, expires, confirmed, ended, by_app)
SELECT CAST($1 AS BIGINT), '*' || i, CASE i % 8 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'expired' WHEN 2 THEN 'failed' ELSE 'done' END,
       CAST($1 AS BIGINT), 'bob', '', 1000, 0, 'old-' || i, $3 - i % 86000, $3 - i % 86000, CASE WHEN i % 8 > 1 THEN $3 - i % 86000 END, $3 - i % 86000,
       CASE WHEN i % 4 > 1 THEN (SELECT MAX(id) FROM app WHERE user_id = $1) END
FROM n WHERE i <= $2`, u.ID, n, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(context.Background(), `
INSERT INTO app_request (app_id, key, hash, order_id, unasked, told, created)
SELECT by_app, code, '', id, 1, 1, confirmed FROM payment_order WHERE user_id = $1 AND by_app IS NOT NULL`, u.ID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(context.Background(), `
INSERT INTO statement (user_id, n, at, incoming, amount, peer, memo, order_id)
SELECT user_id, ROW_NUMBER() OVER (ORDER BY id), created, 0, amount, said_to, '', id FROM payment_order WHERE user_id = $1 AND confirmed IS NOT NULL`, u.ID)
		return err
	})
}

// analyse has the engine count its rows, as PostgreSQL does by itself in time.
func analyse(b *testing.B, d *db.DB) {
	b.Helper()
	if d.Dialect != db.Postgres {
		return
	}
	if err := d.Tx(context.Background(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(context.Background(), `ANALYZE`)
		return err
	}); err != nil {
		b.Fatal(err)
	}
}
