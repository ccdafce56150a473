package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/outbox"
)

// some claims up to most notices, in turns that begin behind after.
func (b box) some(after string, most int, now int64) (all [][]outbox.Claimed) {
	b.t.Helper()
	b.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = outbox.Claim(ctx, tx, after, most, now, lease)
		return err
	})
	return all
}

// is checks what was claimed: the phrases of each user in their order, users apart.
func (b box) is(all [][]outbox.Claimed, want string) {
	b.t.Helper()
	var users []string
	for _, his := range all {
		var phrases []string
		for _, n := range his {
			phrases = append(phrases, n.Phrase)
		}
		users = append(users, strings.Join(phrases, " "))
	}
	if got := strings.Join(users, ", "); got != want {
		b.t.Errorf("got %q, want %q", got, want)
	}
}

// ids are the numbers of notices that were claimed.
func ids(all [][]outbox.Claimed) (ids []int64) {
	for _, his := range all {
		for _, n := range his {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

func (b box) end(all [][]outbox.Claimed, at int64) {
	b.t.Helper()
	b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.MarkDelivered(ctx, tx, at, ids(all)...) })
}

// Whoever has many notices waiting has no more of a batch than others need not have.
func TestABatchIsSharedAmongUsers(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		for i := range 20 {
			b.add(1, [2]string{"many@x", fmt.Sprint("m", i)})
		}
		b.add(1, [2]string{"ann@x", "a0"}, [2]string{"zoe@x", "z0"}, [2]string{"zoe@x", "z1"}, [2]string{"zoe@x", "z2"})
		for _, tt := range []struct {
			after string
			most  int
			want  string
		}{
			{"", 1, "a0"},
			{"", 2, "a0, m0"},
			{"", 3, "a0, m0, z0"},
			{"", 5, "a0, m0, z0"},
			{"", 6, "a0, m0 m1, z0 z1"},
			{"", 64, "a0, " + words("m", 20) + ", z0 z1 z2"},
			{"ann@x", 1, "m0"},
			{"ann@x", 2, "m0, z0"},
			{"ann@x", 7, "m0 m1, z0 z1, a0"},
			{"many@x", 2, "z0, a0"},
			{"zoe@x", 2, "a0, m0"},
			{"zzz", 3, "a0, m0, z0"},
		} {
			all := b.some(tt.after, tt.most, 2)
			b.is(all, tt.want)
			b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.Unclaim(ctx, tx, 2, 2+lease, ids(all)...) })
		}
	})
}

func words(of string, n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint(of, i))
	}
	return strings.Join(all, " ")
}

// However many wait of one user, each other one has a turn in every batch.
func TestClaimsTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		for i := range 20 {
			b.add(1, [2]string{"many@x", fmt.Sprint("m", i)})
		}
		b.add(1, [2]string{"ann@x", "a0"}, [2]string{"zoe@x", "z0"}, [2]string{"zoe@x", "z1"})
		after := ""
		for _, want := range []string{"a0", "m0", "z0", "m1", "z1", "m2", "m3"} {
			all := b.some(after, 1, 2)
			b.is(all, want)
			b.end(all, 2)
			after = all[len(all)-1][0].User
		}
	})
}

// A batch ends where a notice is not due: what was written behind it waits.
func TestABatchKeepsTheOrderOfAUser(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		b.add(100, [2]string{"ann", "a0"}, [2]string{"ann", "a1"}, [2]string{"ann", "a2"}, [2]string{"ann", "a3"}, [2]string{"bob", "b0"})
		b.is(b.some("", 4, 99), "") // not due
		all := b.some("", 4, 100)
		b.is(all, "a0 a1, b0")
		b.is(b.some("", 64, 100), "") // a2 waits for a0 and a1
		b.later(&all[0][1].Notice, 100, 200)
		b.end(all[1:], 100)
		b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.MarkDelivered(ctx, tx, 100, all[0][0].ID) })
		b.is(b.some("", 64, 199), "") // and for a1, however long that takes
		all = b.some("", 64, 200)
		b.is(all, "a1 a2 a3")
		b.returns(all[0][0].ID, "ann", 200) // what came back keeps no other waiting
		b.end(all[:1], 200)
		b.add(200, [2]string{"ann", "a4"})
		b.is(b.some("", 64, 200), "a4")
		b.is(b.some("", 64, 400), "a1 a4")
	})
}

// What was claimed and not said is there at once, and was not tried. What others have
// claimed since then is theirs.
func TestWhatIsGivenBackWasNotTried(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		b.add(100, [2]string{"ann", "a0"}, [2]string{"ann", "a1"})
		all := b.some("", 64, 100)
		unclaim := func(now int64) {
			t.Helper()
			b.tx(func(ctx context.Context, tx *db.Tx) error {
				return outbox.Unclaim(ctx, tx, now, all[0][0].Until, ids(all)...)
			})
		}
		unclaim(101)
		if b.returns(all[0][0].ID, "ann", 101) {
			t.Error("what was never said came back")
		}
		if all = b.some("", 64, 101); all[0][0].Tries != 1 || all[0][1].Tries != 1 {
			t.Errorf("got %+v", all)
		}
		others := b.some("", 64, 101+lease)
		b.is(others, "a0 a1")
		unclaim(102 + lease)
		b.is(b.some("", 64, 103+lease), "")
		b.end(others, 103+lease)
		unclaim(104 + lease)
		b.is(b.some("", 64, 1000), "")
	})
}

// What came back and waits holds up no other. If it is due while another program claims
// those behind it, it comes alone: their order stays that of the other program.
func TestABatchEndsAtWhatOthersAreClaiming(t *testing.T) {
	all := dbtest.Several(t, db.Postgres, 2)
	b := box{t, all[0]}
	for i := range 6 {
		b.add(100, [2]string{ann, fmt.Sprint("a", i)})
	}
	first := b.next(100, "a0")
	b.returns(first.ID, ann, 100)
	b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.MarkDelivered(ctx, tx, 100, first.ID) })
	b.tx(func(ctx context.Context, tx *db.Tx) error {
		his, err := outbox.Claim(ctx, tx, "", 3, 100, lease)
		if err != nil {
			return err
		}
		b.is(his, "a1 a2 a3")
		other := box{t, all[1]}
		other.comes(ann, 100)
		other.is(other.some("", 64, 101), "a0")
		return nil
	})
	b.is(b.some("", 64, 101), "")
}

// Three programs tell 180 notices to 6 users in batches; each comes once and in order,
// and of no user have two programs some.
func TestClaimersNeverHoldTheSameBatch(t *testing.T) {
	for _, dialect := range []db.Dialect{db.Postgres, db.SQLite} {
		t.Run(dialect.String(), func(t *testing.T) {
			const users, notices = 6, 30
			all := dbtest.Several(t, dialect, 3)
			for i := range users * notices {
				box{t, all[0]}.add(100, [2]string{fmt.Sprint("user", i%users), fmt.Sprint(i / users)})
			}
			var (
				mu   sync.Mutex
				busy = map[string]bool{}
				said = map[string][]string{}
				left = users * notices
				done sync.WaitGroup
			)
			for i := range 6 {
				b := box{t, all[i%len(all)]}
				done.Go(func() {
					after := ""
					for {
						mu.Lock()
						end := left == 0
						mu.Unlock()
						if end || t.Failed() {
							return
						}
						got := b.some(after, 8, 100)
						mu.Lock()
						for _, his := range got {
							after = his[0].User
							if busy[after] || his[0].Tries != 1 {
								t.Errorf("%s %s is claimed (try %d) while another is told", after, his[0].Phrase, his[0].Tries)
							}
							busy[after] = true
							for _, n := range his {
								said[after] = append(said[after], n.Phrase)
							}
						}
						for _, his := range got {
							delete(busy, his[0].User)
						}
						mu.Unlock()
						b.end(got, 100)
						mu.Lock()
						left -= len(ids(got))
						mu.Unlock()
					}
				})
			}
			done.Wait()
			want := strings.Fields(words("", notices))
			for u, got := range said {
				if !slices.Equal(got, want) {
					t.Errorf("%s was told %v", u, got)
				}
			}
		})
	}
}
