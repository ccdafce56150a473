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

// Whom a query names is locked with the user who is known, before it is known who that
// is: what they commit while somebody waits for them is read.
func TestWhoIsNamedIsLockedToo(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		bob, _ := c.register("bob@example.org")
		both := func(named string, args ...any) (u, v *useraccount.User, err error) {
			err = c.Tx(t.Context(), func(tx *db.Tx) error {
				locked, err := useraccount.LockWith(t.Context(), tx, ann.ID, named, args...)
				if err == nil {
					u, v, err = locked.Both(t.Context(), ann.ID, bob.ID)
				}
				return err
			})
			return u, v, err
		}
		begun, read := make(chan bool), make(chan *useraccount.User, 1)
		go func() {
			defer close(read)
			<-begun
			u, v, err := both(`SELECT id FROM user_account WHERE jid = $2 AND id <> $1`, bob.JID)
			if err != nil || u.ID != ann.ID || u.Now == 0 {
				t.Errorf("got %+v (%v)", u, err)
			}
			read <- v
		}()
		c.do(func(tx *db.Tx) error {
			if _, err := useraccount.Lock(t.Context(), tx, bob.ID); err != nil {
				return err
			}
			close(begun)
			if err := dbtest.Waits(t.Context(), c.DB, 1); err != nil {
				return err
			}
			return useraccount.Suspend(t.Context(), tx, bob, "op", "lost phone", now)
		})
		if v := <-read; v == nil || v.ID != bob.ID || !v.Suspended {
			t.Errorf("got %+v, want what was committed while it waited", v)
		}
		if _, _, err := both(`SELECT id FROM user_account WHERE jid = $2`, "nobody"); c.Dialect == db.Postgres && !fault.Is(err, fault.NotFound) {
			t.Errorf("who was not named was not locked, and is read: %v", err)
		}
	})
}

func TestTwoWhoAreLockedKnowWhoMutedTheOther(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, _ := c.register("ann@example.org")
		bob, _ := c.register("bob@example.org")
		eve, _ := c.register("eve@example.org")
		c.do(func(tx *db.Tx) error { return useraccount.Mute(t.Context(), tx, ann, bob) })
		for _, tt := range []struct {
			one, other   *useraccount.User
			mutes, muted bool
		}{{ann, bob, true, false}, {bob, ann, false, true}, {ann, eve, false, false}, {ann, ann, false, false}} {
			c.do(func(tx *db.Tx) error {
				u, v, err := useraccount.LockBoth(t.Context(), tx, tt.one.ID, tt.other.ID)
				if err == nil && (u.Mutes != tt.mutes || v.Mutes != tt.muted) {
					t.Errorf("%s mutes %s: %v, the other way: %v", u.JID, v.JID, u.Mutes, v.Mutes)
				}
				return err
			})
		}
	})
}
