package outbox_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/outbox"
)

const lease = 30

// box is the outbox of one program.
type box struct {
	t *testing.T
	d *db.DB
}

func (b box) tx(fn func(ctx context.Context, tx *db.Tx) error) {
	b.t.Helper()
	ctx := b.t.Context()
	if err := b.d.Tx(ctx, func(tx *db.Tx) error { return fn(ctx, tx) }); err != nil {
		b.t.Fatal(err)
	}
}

// add writes notices, each a user and a phrase.
func (b box) add(at int64, notices ...[2]string) {
	b.t.Helper()
	for _, n := range notices {
		b.tx(func(ctx context.Context, tx *db.Tx) error {
			return outbox.Add(ctx, tx, outbox.Notice{User: n[0], Phrase: n[1]}, at)
		})
	}
}

// claim takes the next notice; nil if there is none.
func (b box) claim(now int64) (n *outbox.Notice, tries int) {
	b.t.Helper()
	b.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		n, tries, err = first(outbox.Claim(ctx, tx, "", 1, now, lease))
		return err
	})
	return n, tries
}

// first is the first notice of those that were claimed, nil if there is none.
func first(all [][]outbox.Claimed, err error) (*outbox.Notice, int, error) {
	if err != nil || len(all) == 0 {
		return nil, 0, err
	}
	return &all[0][0].Notice, all[0][0].Tries, nil
}

// next claims and checks which it is; "" is none.
func (b box) next(now int64, phrase string) *outbox.Notice {
	b.t.Helper()
	n, tries := b.claim(now)
	got := ""
	if n != nil {
		got = n.Phrase
	}
	if got != phrase {
		b.t.Fatalf("at %d the next is %q (try %d), want %q", now, got, tries, phrase)
	}
	return n
}

func (b box) told(n *outbox.Notice, at int64) {
	b.t.Helper()
	b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.MarkDelivered(ctx, tx, at, n.ID) })
}

// later puts back what was claimed at a time.
func (b box) later(n *outbox.Notice, claimed, due int64) {
	b.t.Helper()
	b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.Postpone(ctx, tx, n.ID, claimed+lease, due) })
}

func (b box) rows() (n int) {
	b.t.Helper()
	if err := sqlx.GetContext(b.t.Context(), b.d.Read(), &n, `SELECT COUNT(*) FROM notice`); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func each(t *testing.T, test func(t *testing.T, b box)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, box{t, d}) })
}

func TestANoticeComesOutAsItWentIn(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		for name, n := range map[string]outbox.Notice{
			"full": {User: "ann@example.org", From: "bob", Phrase: "order.received", Lang: "fr", Unit: "btc", Next: []string{"history", "confirm k7fw"},
				Balance: true, Edits: 7, Args: map[string]any{"who": "b'ob \"<€>\u202e\n", "ok": true, "no": false, "amount": int64(1)}},
			"bare":     {User: "ann@example.org", Phrase: "x"},
			"no words": {User: "ann@example.org", Phrase: "x", Args: map[string]any{"memo": ""}},
			"big numbers": {User: "ann@example.org", Phrase: "x", Args: map[string]any{
				"above 2^53": int64(1<<53 + 1), "all money": int64(2_100_000_000_000_000_001), "most": int64(math.MaxInt64), "least": int64(math.MinInt64), "zero": int64(0)}},
			"words like numbers": {User: "ann@example.org", Phrase: "x", Args: map[string]any{"memo": "9007199254740993", "null": "null"}},
		} {
			t.Run(name, func(t *testing.T) {
				b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.Add(ctx, tx, n, 100) })
				got, tries := b.claim(100)
				if got == nil || tries != 1 || got.ID == 0 {
					t.Fatalf("got %+v, try %d", got, tries)
				}
				b.told(got, 100)
				n.ID = got.ID
				if !reflect.DeepEqual(*got, n) {
					t.Errorf("got  %#v\nwant %#v", *got, n)
				}
			})
		}
	})
}

func TestNoticesOfAUserComeInOrder(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		b.add(100, [2]string{"ann", "a1"}, [2]string{"ann", "a2"}, [2]string{"bob", "b1"}, [2]string{"ann", "a3"})
		a1 := b.next(100, "a1")
		b1 := b.next(100, "b1") // bob does not wait for ann
		b.next(100, "")         // a2 waits for a1
		b.told(b1, 101)
		b.next(101, "")
		b.told(a1, 101)
		a2 := b.next(101, "a2")
		b.later(a2, 101, 200)
		b.next(199, "") // and a3 for a2, however long that takes
		b.told(b.next(200, "a2"), 200)
		b.told(b.next(200, "a3"), 200)
		b.next(math.MaxInt32, "")
	})
}

func TestAClaimKeepsOthersOffUntilItsLeaseEnds(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		b.add(100, [2]string{"ann", "a1"})
		b.next(99, "") // not due
		first := b.next(100, "a1")
		b.next(100, "")
		b.next(100+lease-1, "")
		again, tries := b.claim(100 + lease) // the first one died, or is slow
		if again == nil || again.ID != first.ID || tries != 2 {
			t.Fatalf("got %+v, try %d", again, tries)
		}
		b.later(first, 100, 120) // it was slow: others have it
		b.next(120+lease-1, "")
		b.told(first, 131) // and the user has it
		b.later(again, 100+lease, 140)
		b.next(1000, "") // told is told
	})
}

func TestLaterIsLater(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		b.add(100, [2]string{"ann", "a1"})
		b.later(b.next(100, "a1"), 100, 105) // before the lease ends
		b.next(104, "")
		n, tries := b.claim(105)
		if n == nil || tries != 2 {
			t.Fatalf("got %+v, try %d", n, tries)
		}
	})
}

func TestWhatWasUndoneIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		_ = b.d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := outbox.Add(t.Context(), tx, outbox.Notice{User: "ann", Phrase: "a1"}, 100); err != nil {
				t.Error(err)
			}
			return context.Canceled
		})
		b.next(100, "")
	})
}

// Three programs tell 60 notices to 6 users; each comes once and in order,
// and no user is told two at once.
func TestClaimersNeverHoldTheSame(t *testing.T) {
	for _, dialect := range []db.Dialect{db.Postgres, db.SQLite} {
		t.Run(dialect.String(), func(t *testing.T) {
			const users, notices = 6, 10
			all := dbtest.Several(t, dialect, 3)
			for i := range users * notices {
				box{t, all[0]}.add(100, [2]string{fmt.Sprint("user", i%users), fmt.Sprint(i / users)})
			}
			var (
				mu   sync.Mutex
				busy = map[string]bool{}
				said = map[string][]string{}
				done sync.WaitGroup
			)
			finished := func() int {
				n := 0
				for _, s := range said {
					n += len(s)
				}
				return n
			}
			for i := range 6 {
				d := all[i%len(all)]
				done.Go(func() {
					for {
						var n *outbox.Notice
						var tries int
						err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
							n, tries, err = first(outbox.Claim(t.Context(), tx, "", 1, 100, lease))
							return err
						})
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						if n == nil {
							end := finished() == users*notices || len(busy) == 0
							mu.Unlock()
							if end {
								return
							}
							continue
						}
						if busy[n.User] || tries != 1 {
							t.Errorf("%s %s is claimed (try %d) while another is told", n.User, n.Phrase, tries)
						}
						busy[n.User] = true
						said[n.User] = append(said[n.User], n.Phrase)
						mu.Unlock()
						mu.Lock()
						delete(busy, n.User)
						mu.Unlock()
						if err := d.Tx(t.Context(), func(tx *db.Tx) error { return outbox.MarkDelivered(t.Context(), tx, 100, n.ID) }); err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			done.Wait()
			var want []string
			for i := range notices {
				want = append(want, fmt.Sprint(i))
			}
			for u, got := range said {
				if !slices.Equal(got, want) {
					t.Errorf("%s was told %v", u, got)
				}
			}
			if len(said) != users {
				t.Errorf("%d users were told", len(said))
			}
		})
	}
}
