package useraccount_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestALockedUserIsReadAsTheyAreNow(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		bob, _ := c.register("bob@example.org")
		begun, read := make(chan bool), make(chan *useraccount.User, 1)
		go func() {
			defer close(read)
			<-begun
			c.do(func(tx *db.Tx) error {
				u, _, err := useraccount.LockBoth(t.Context(), tx, ann.ID, bob.ID)
				read <- u
				return err
			})
		}()
		c.do(func(tx *db.Tx) error {
			if _, _, err := useraccount.LockBoth(t.Context(), tx, bob.ID, ann.ID); err != nil {
				return err
			}
			close(begun)
			if err := useraccount.Rename(t.Context(), tx, ann, "anna", now); err != nil {
				return err
			}
			if err := dbtest.Waits(t.Context(), c.DB, 1); err != nil {
				return err
			}
			return useraccount.Suspend(t.Context(), tx, ann, "op", "lost phone", now)
		})
		if u := <-read; u == nil || !u.Suspended || u.Name != "anna" {
			t.Errorf("got %+v, want what was committed while it waited", u)
		}
	})
}

func TestNobodyIsLocked(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		err := c.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := useraccount.Lock(t.Context(), tx, 99)
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v, want that there is nobody", err)
		}
	})
}
