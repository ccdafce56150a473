package useraccount_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
)

func TestPasswords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Tx(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		hash := func(password string) string {
			t.Helper()
			h, err := useraccount.HashIn(password, 1000)
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		var ann useraccount.ID
		write(func(tx *db.Tx) error {
			u, _, err := useraccount.Register(ctx, tx, "ann@example.org", 100)
			ann = u.ID
			return err
		})
		set := func(kept string) {
			t.Helper()
			write(func(tx *db.Tx) error { return useraccount.SetPassword(ctx, tx, ann, kept) })
		}
		first := hash("first word")
		if strings.Contains(first, "first") || first == hash("first word") {
			t.Errorf("%q is no hash with a salt", first)
		}
		for name, tt := range map[string]struct {
			kept, jid, password string
			ok, broken          bool
		}{
			"theirs":                  {kept: first, jid: "ann@example.org", password: "first word", ok: true},
			"one letter wrong":        {kept: first, jid: "ann@example.org", password: "first Word"},
			"cut off":                 {kept: first, jid: "ann@example.org", password: "first"},
			"nothing":                 {kept: first, jid: "ann@example.org"},
			"of nobody":               {kept: first, jid: "bob@example.org", password: "first word"},
			"beyond ASCII":            {kept: hash("pässwört"), jid: "ann@example.org", password: "pässwört", ok: true},
			"kept as it is":           {kept: "first word", jid: "ann@example.org", password: "first word", broken: true},
			"kept without its end":    {kept: first[:strings.LastIndexByte(first, '$')+1], jid: "ann@example.org", broken: true},
			"kept without any rounds": {kept: strings.Replace(first, "$1000$", "$$", 1), jid: "ann@example.org", password: "first word", broken: true},
		} {
			t.Run(name, func(t *testing.T) {
				set(tt.kept)
				_, ok, err := useraccount.CheckPassword(context.Background(), d.Read(), tt.jid, tt.password)
				if ok != tt.ok || (err != nil) != tt.broken {
					t.Errorf("got %v, %v", ok, err)
				}
			})
		}
	})
}

// Two know a password. Who changes it first has the account: what the other one
// had checked by then is the user's no more.
func TestAPasswordIsReplacedOnce(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		hash := func(password string) string {
			h, err := useraccount.HashIn(password, 1000)
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		check := func(password string) (useraccount.Password, bool) {
			t.Helper()
			kept, ok, err := useraccount.CheckPassword(t.Context(), c.Read(), "ann@example.org", password)
			if err != nil {
				t.Fatal(err)
			}
			return kept, ok
		}
		replace := func(old useraccount.Password, password string) (number int64, ok bool) {
			t.Helper()
			c.do(func(tx *db.Tx) (err error) {
				number, ok, err = old.Replace(t.Context(), tx, hash(password))
				return err
			})
			return number, ok
		}
		ann, _ := c.register("ann@example.org")
		first := func(password string) (ok bool) {
			c.do(func(tx *db.Tx) (err error) {
				ok, err = useraccount.FirstPassword(t.Context(), tx, ann.ID, hash(password))
				return err
			})
			return ok
		}
		if !first("leaked") || first("the thief's") {
			t.Error("a first password is kept once")
		}
		owner, ok := check("leaked")
		thief, ok2 := check("leaked")
		if !ok || !ok2 || owner.Number != 1 {
			t.Fatalf("got %+v, %v, %v", owner, ok, ok2)
		}
		if number, ok := replace(owner, "the owner's"); !ok || number != 2 {
			t.Errorf("the owner's: %d, %v", number, ok)
		}
		if _, ok := replace(thief, "the thief's"); ok {
			t.Error("who knew the old password changed it after it was changed")
		}
		if _, ok := check("the owner's"); !ok {
			t.Error("the owner's password is not kept")
		}
		if got := c.fresh(ann).Passwords; got != 2 {
			t.Errorf("the user had %d passwords, want 2", got)
		}
	})
}

func TestPasswordsAreKeptByManyRounds(t *testing.T) {
	kept, err := useraccount.HashPassword("a word")
	if err != nil || !strings.HasPrefix(kept, "pbkdf2-sha512$210000$") {
		t.Errorf("kept as %q (%v)", kept, err)
	}
}
