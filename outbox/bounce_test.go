package outbox_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/outbox"
)

const ann, bob = "ann@example.org", "bob@example.org"

// returns says that a user's server sent a notice back.
func (b box) returns(id int64, user string, now int64) (ok bool) {
	b.t.Helper()
	b.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		ok, err = outbox.Bounce(ctx, tx, id, user, now)
		return err
	})
	return ok
}

func (b box) comes(user string, now int64) {
	b.t.Helper()
	b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.Here(ctx, tx, user, now) })
}

// What came back waits until its user is there. What was written for the user since
// then does not wait with it; it comes back as well, and all of it is told in its order.
func TestWhatCameBackIsToldWhenItsUserComes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := box{t, d}
		b.add(1000, [2]string{ann, "one"})
		one := b.next(1000, "one")
		b.told(one, 1000)
		if !b.returns(one.ID, ann, 1001) {
			t.Error("what was told to ann did not come back")
		}
		b.add(1002, [2]string{ann, "two"}, [2]string{bob, "other"})
		two := b.next(1002, "two")
		b.told(two, 1002)
		b.returns(two.ID, ann, 1002)
		b.told(b.next(1002, "other"), 1002)
		b.next(1003, "")
		if away, err := outbox.Away(t.Context(), d.Read(), ann, 1003); err != nil || !away {
			t.Errorf("away: %v, %v", away, err)
		}
		b.comes(bob, 1003)
		b.next(1003, "")
		b.comes(ann, 1003)
		one = b.next(1003, "one")
		b.next(1003, "")
		b.told(one, 1003)
		b.told(b.next(1003, "two"), 1003)
		b.next(1e6, "")
	})
}

// Ann is there and stays there. Her server sends one notice back again and again (it
// filters a stranger's words): what comes after it does not wait with it.
func TestOneThatKeepsComingBackHoldsUpNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := box{t, d}
		b.add(1000, [2]string{ann, "buy pills"}, [2]string{ann, "you were paid"})
		pills := b.next(1000, "buy pills")
		b.next(1000, "") // it may be kept
		b.told(pills, 1000)
		b.returns(pills.ID, ann, 1000)
		b.told(b.next(1000, "you were paid"), 1000)
		for now := int64(1060); now < 10_000; now = 2*now - 940 {
			pills = b.next(now, "buy pills")
			b.add(now, [2]string{ann, "more"})
			b.told(pills, now)
			b.returns(pills.ID, ann, now)
			b.told(b.next(now, "more"), now)
		}
	})
}

// Between what is flushed and what is written down, the server may answer.
func TestWhatComesBackBeforeItCountsAsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := box{t, d}
		b.add(1000, [2]string{ann, "one"})
		one := b.next(1000, "one")
		b.returns(one.ID, ann, 1000)
		b.told(one, 1000)
		b.next(1059, "")
		b.told(b.next(1060, "one"), 1060)
		b.next(1e6, "")
	})
}

func TestWhoSaysThatSomethingCameBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := box{t, d}
		b.add(1000, [2]string{ann, "one"})
		if b.returns(1, ann, 1000) {
			t.Error("what was never told came back")
		}
		one := b.next(1000, "one")
		b.told(one, 1000)
		if b.returns(one.ID, bob, 1001) || b.returns(one.ID+1, ann, 1001) {
			t.Error("somebody else's notice came back, or none")
		}
		b.next(1e6, "")
	})
}

// Whoever sends everything back is told less and less often, and at last no
// more.
func TestWhatComesBackForEver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := box{t, d}
		b.add(1000, [2]string{ann, "one"})
		now, last, times := int64(1000), int64(0), 0
		for {
			n, _ := b.claim(now)
			if n == nil {
				t.Fatalf("try %d: not due at %d", times, now)
			}
			times++
			b.told(n, now)
			if !b.returns(n.ID, ann, now) {
				break
			}
			if times > outbox.MostTries {
				t.Fatal("it goes on")
			}
			wait := int64(60) << min(times-1, 20)
			wait = min(wait, 12*3600)
			if wait < last {
				t.Errorf("try %d waits %d after %d", times, wait, last)
			}
			b.next(now+wait-1, "")
			now, last = now+wait, wait
		}
		if times != outbox.MostTries {
			t.Errorf("told %d times", times)
		}
		b.next(now+1e7, "")
	})
}
