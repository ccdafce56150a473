package app_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// town is a database with ann and bob in it.
type town struct {
	*testing.T
	*db.DB
	ann, bob *useraccount.User
	secrets  int
}

const day = 24 * 3600

func open(t *testing.T, d *db.DB) *town {
	w := &town{T: t, DB: d}
	w.do(func(tx *db.Tx) (err error) {
		if w.ann, _, err = useraccount.Register(t.Context(), tx, "ann@example.org", 1); err == nil {
			w.bob, _, err = useraccount.Register(t.Context(), tx, "bob@example.org", 1)
		}
		return err
	})
	return w
}

func (w *town) do(fn func(tx *db.Tx) error) {
	w.Helper()
	if err := w.Tx(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

// link lets an app at ann's wallet at a time.
func (w *town) link(n app.NewApp, at int64) (a *app.App) {
	w.Helper()
	w.secrets++
	if n.Secret == "" {
		n.Secret = fmt.Sprintf("%032x", w.secrets)
	}
	if n.Kind == "" {
		n.Kind = app.Moneysocket
	}
	if n.Per == "" {
		n.Per = app.Day
	}
	w.SetClock(func() time.Time { return time.Unix(at, 0) })
	w.do(func(tx *db.Tx) (err error) {
		a, err = app.Link(w.Context(), tx, w.ann.ID, n)
		return err
	})
	return a
}

// spends writes down an order of an app's that was confirmed, or failed, at a time.
func (w *town) spends(a *app.App, key string, m amount.Msat, at int64, unasked bool, state string) {
	w.Helper()
	w.do(func(tx *db.Tx) error {
		limits := paymentorder.Limits{Payment: amount.Max, OpenOrders: 1000, TTL: 600}
		o, err := limits.Draft(w.Context(), tx, w.ann, paymentorder.Draft{ToAddress: "bcrt1q", SaidTo: "shop", Amount: m}, at)
		if err != nil {
			return err
		}
		_, err = app.Request{App: a.ID, Key: key, Unasked: unasked, Created: at, Order: sql.NullInt64{Int64: int64(o.ID), Valid: true}}.Add(w.Context(), tx)
		if err != nil || state == "new" {
			return err
		}
		for _, s := range map[string][]string{"done": {"held", "sending", "confirming", "done"}, "failed": {"held", "failed"}}[state] {
			by := sql.Null[app.ID]{V: a.ID, Valid: unasked}
			_, err = tx.One(w.Context(), `UPDATE payment_order SET state = $2, confirmed = $3, by_app = $4 WHERE id = $1`, o.ID, s, at, by)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *town) left(a *app.App, at int64) amount.Msat {
	w.Helper()
	m, err := a.Left(w.Context(), w.Read(), at)
	if err != nil {
		w.Fatal(err)
	}
	return m
}

func TestABudgetIsThereAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		const began = 1_000_000
		for per, back := range map[app.Period]int64{app.Day: day, app.Week: 7 * day, app.Month: 30 * day, app.Total: 0} {
			t.Run(string(per), func(t *testing.T) {
				w.T = t
				a := w.link(app.NewApp{Name: "of-a-" + string(per), Budget: 1000, Per: per}, began)
				w.spends(a, "1", 600, began+10, true, "done")
				w.spends(a, "2", 50, began+20, true, "failed")
				w.spends(a, "3", 70, began+20, true, "new")
				w.spends(a, "4", 5000, began+20, false, "done")
				if got := w.left(a, began+30); got != 400 {
					t.Errorf("%d are left", got)
				}
				if back == 0 {
					back = 1000 * day
					if got := w.left(a, began+back); got != 400 {
						t.Errorf("in the end %d are left", got)
					}
					return
				}
				if got := w.left(a, began+10+back-1); got != 400 {
					t.Errorf("a second before it is there again %d are left", got)
				}
				if got := w.left(a, began+10+back+1); got != 1000 {
					t.Errorf("when it is there again %d are left", got)
				}
			})
		}
	})
}

func TestANewBudgetBeginsNow(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	a := w.link(app.NewApp{Name: "game", Budget: 1000, Per: app.Total}, 100)
	w.spends(a, "1", 900, 110, true, "done")
	w.do(func(tx *db.Tx) error { return a.SetBudget(t.Context(), tx, 500, app.Week, 200) })
	if a, err := app.ByName(t.Context(), w.Read(), w.ann.ID, "game"); err != nil || w.left(a, 210) != 500 {
		t.Errorf("%d are left (%v)", w.left(a, 210), err)
	}
}

func TestWhatAnAppMay(t *testing.T) {
	for name, tt := range map[string]struct {
		app       app.App
		asks, pay string // phrase of the refusal, "" for yes
	}{
		"usually":                {app.App{}, "", ""},
		"receiving only":         {app.App{ReceiveOnly: true}, "", "app.receives-only"},
		"paused":                 {app.App{Paused: true}, "app.is-paused", "app.is-paused"},
		"before its end":         {app.App{Expires: sql.NullInt64{Int64: 101, Valid: true}}, "", ""},
		"at its end":             {app.App{Expires: sql.NullInt64{Int64: 100, Valid: true}}, "app.over", "app.over"},
		"when it was taken away": {app.App{Ended: sql.NullInt64{Int64: 50, Valid: true}}, "app.over", "app.over"},
	} {
		t.Run(name, func(t *testing.T) {
			for what, err := range map[string]error{tt.asks: tt.app.May(100), tt.pay: tt.app.MayPay(100)} {
				if what == "" != (err == nil) || err != nil && fault.Of(err).Phrase != what {
					t.Errorf("%v, want %q", err, what)
				}
			}
		})
	}
}

func TestLinks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		a := w.link(app.NewApp{Name: "game"}, 100)
		for name, tt := range map[string]struct {
			user   useraccount.ID
			n      app.NewApp
			phrase string
		}{
			"the same name":                     {w.ann.ID, app.NewApp{Name: "game", Secret: "x1"}, "app.name-taken"},
			"the same name of somebody else":    {w.bob.ID, app.NewApp{Name: "game", Secret: "x2"}, ""},
			"the same secret":                   {w.ann.ID, app.NewApp{Name: "other", Secret: a.Secret}, "app.secret-used"},
			"the same secret for somebody else": {w.bob.ID, app.NewApp{Name: "other", Secret: a.Secret}, "app.secret-used"},
		} {
			t.Run(name, func(t *testing.T) {
				tt.n.Kind, tt.n.Per = app.Moneysocket, app.Day
				err := d.Tx(t.Context(), func(tx *db.Tx) error {
					_, err := app.Link(t.Context(), tx, tt.user, tt.n)
					return err
				})
				if tt.phrase == "" != (err == nil) || err != nil && fault.Of(err).Phrase != tt.phrase {
					t.Errorf("%v, want %q", err, tt.phrase)
				}
			})
		}
		w.do(func(tx *db.Tx) error { return a.End(t.Context(), tx, 200) })
		again := w.link(app.NewApp{Name: "game"}, 300)
		if again.ID == a.ID {
			t.Error("the old one came back")
		}
		if _, err := app.BySecret(t.Context(), w.Read(), app.Moneysocket, a.Secret); !fault.Is(err, fault.NotFound) {
			t.Errorf("by its secret it is still found: %v", err)
		}
		for i := range app.Most - 1 {
			w.link(app.NewApp{Name: fmt.Sprint("app", i)}, 300)
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := app.Link(t.Context(), tx, w.ann.ID, app.NewApp{Name: "more", Kind: app.LIME, Per: app.Day, Secret: "y"})
			return err
		})
		if fault.Of(err).Phrase != "app.too-many" {
			t.Errorf("one more: %v", err)
		}
		if err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(context.WithoutCancel(t.Context()), `DELETE FROM app WHERE id = $1`, a.ID)
			return err
		}); err == nil {
			t.Error("the schema lets an app be deleted")
		}
	})
}

// Of several instances one dials, until it has not asked for half a minute.
func TestOneInstanceDials(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.link(app.NewApp{Name: "here"}, 1)
		w.link(app.NewApp{Name: "there", Beacon: "moneysocket1x"}, 1)
		w.link(app.NewApp{Name: "short", Beacon: "moneysocket1y", Expires: 40}, 1)
		w.link(app.NewApp{Name: "robo", Kind: app.LIME}, 1)
		for i, step := range []struct {
			instance string
			dials    bool
			at       int64
			want     string
		}{
			{"one", true, 10, "here there short"},
			{"two", true, 10, "here"},
			{"two", true, 39, "here"},
			{"one", true, 35, "here there short"}, // which renews
			{"two", true, 64, "here"},
			{"three", false, 66, "here"},
			{"two", true, 66, "here there"},
			{"one", true, 66, "here"},
		} {
			all, err := app.Links(t.Context(), d, app.Moneysocket, step.instance, step.dials, step.at)
			got := ""
			for _, a := range all {
				got += " " + a.Name
				if a.JID != w.ann.JID {
					t.Errorf("%s is of %s", a.Name, a.JID)
				}
			}
			if err != nil || got != " "+step.want {
				t.Errorf("step %d: %s keeps%s at %d, want %s (%v)", i, step.instance, got, step.at, step.want, err)
			}
		}
	})
}

func TestSweep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		a := w.link(app.NewApp{Name: "game", Budget: 1000}, 100)
		w.spends(a, "open", 1, 100, false, "new")
		w.spends(a, "ended", 1, 100, true, "done")
		w.do(func(tx *db.Tx) error {
			for key, at := range map[string]int64{"old no": 100, "new no": 500} {
				if _, err := (app.Request{App: a.ID, Key: key, Refused: "no", Told: true, Created: at}).Add(t.Context(), tx); err != nil {
					return err
				}
			}
			return app.Sweep(t.Context(), tx, 300)
		})
		var left []string
		err := sqlx.SelectContext(t.Context(), d.Read(), &left, `SELECT key || ' ' || CAST(told AS TEXT) FROM app_request ORDER BY key`)
		if want := "[ended 1 new no 1 open 0]"; err != nil || fmt.Sprint(left) != want {
			t.Errorf("%v, want %s (%v)", left, want, err)
		}
	})
}
