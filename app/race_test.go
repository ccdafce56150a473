package app_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
)

// A link that is under way while the account is closed makes no app that is
// there when the user comes back.
func TestALinkDoesNotOutliveTheAccount(t *testing.T) {
	w := open(t, dbtest.Postgres(t))
	ready, goOn, linked := make(chan bool), make(chan bool), make(chan error, 1)
	left := make(chan error, 1)
	go func() {
		left <- w.Tx(t.Context(), func(tx *db.Tx) error { // as the desk does
			u, err := useraccount.Lock(t.Context(), tx, w.ann.ID)
			ready <- true
			<-goOn
			if err == nil {
				err = app.EndAll(t.Context(), tx, u.ID, 20)
			}
			if err == nil {
				err = useraccount.Unregister(t.Context(), tx, u, 20)
			}
			return err
		})
	}()
	<-ready
	go func() {
		linked <- w.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := app.Link(t.Context(), tx, w.ann.ID, app.NewApp{Name: "clerk", Kind: app.LIME, Secret: "aa", Budget: 1000 * amount.Sat, Per: app.Day})
			return err
		})
	}()
	w.waits(1)
	goOn <- true
	if err := <-left; err != nil {
		t.Fatal(err)
	}
	if err := <-linked; !fault.Is(err, fault.NotAllowed) {
		t.Errorf("who left links an app: %v", err)
	}
	if all, err := app.All(t.Context(), w.Read(), w.ann.ID); err != nil || len(all) > 0 {
		t.Errorf("%d apps are there (%v)", len(all), err)
	}
}

// waits asks until n sessions wait for a lock.
func (w *town) waits(n int) {
	w.Helper()
	if err := dbtest.Waits(w.Context(), w.DB, n); err != nil {
		w.Fatal(err)
	}
}

func TestAppsAreCountedUnderTheLock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		link := func(name string) error {
			return w.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := app.Link(t.Context(), tx, w.ann.ID, app.NewApp{Name: name, Kind: app.LIME, Secret: "s" + name, Per: app.Day})
				return err
			})
		}
		for i := range app.Most - 1 {
			if err := link(fmt.Sprint("a", i)); err != nil {
				t.Fatal(err)
			}
		}
		ready, goOn, over := make(chan bool), make(chan bool), make(chan error, 1)
		if d.Dialect == db.Postgres { // that all have counted what they count before one has written
			go func() {
				over <- w.Tx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.ExecContext(t.Context(), `LOCK TABLE app IN EXCLUSIVE MODE`)
					ready <- true
					<-goOn
					return err
				})
			}()
			<-ready
		}
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				if err := link(fmt.Sprint("b", i)); err != nil && !fault.Is(err, fault.NotAllowed) {
					t.Error(err)
				}
			})
		}
		if d.Dialect == db.Postgres {
			w.waits(6)
			goOn <- true
			if err := <-over; err != nil {
				t.Error(err)
			}
		}
		all.Wait()
		if all, err := app.All(t.Context(), w.Read(), w.ann.ID); err != nil || len(all) != app.Most {
			t.Errorf("%d apps, at most %d may be (%v)", len(all), app.Most, err)
		}
	})
}
