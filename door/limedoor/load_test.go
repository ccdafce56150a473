package limedoor_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/lime"
)

// A thousand commands are under way on one session: orders, and looks between
// them. Each is answered once, and the books say what the answers say.
func TestAThousandCommandsOnOneSession(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t))
	w.enrol("ann", "bob")
	b := w.bot("ann", w.link("ann", "budget 100k/day"))
	const each = 500
	var mu sync.Mutex
	codes := map[string]int{}
	var all sync.WaitGroup
	for n := range each {
		all.Go(func() {
			o, err := b.order(fmt.Sprint("order ", n), fmt.Sprintf(`{"to":"bob","amount":%d,"confirm":%t}`, 10+n%7, n%2 == 0))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			codes[o.Code+o.State]++
			mu.Unlock()
		})
		all.Go(func() {
			if _, err := b.process(fmt.Sprint("look ", n), lime.Get, []lime.URI{"/balance", "/orders?$take=1", "/history?$take=1", "/ping"}[n%4], nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(codes) < each-5 { // codes of orders that ended may come again
		t.Errorf("%d orders have %d codes", each, len(codes))
	}
	var sum int64
	for n := 0; n < each; n += 2 {
		sum += int64(10 + n%7)
	}
	if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 100_000-sum {
		t.Errorf("got %+v, want %d less", got, sum)
	}
	if got := must[lime.Collection](b, lime.Get, "/orders?$take=1", nil); got.Total != each {
		t.Errorf("got %d orders", got.Total)
	}
}

// A session ends while its orders are under way: each is made or not, and is
// found by whoever sends it again.
func TestASessionEndsWithWorkUnderWay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		key := w.link("ann", "budget 50k/day")
		b := w.bot("ann", key)
		const orders = 100
		words := func(n int) string { return fmt.Sprintf(`{"to":"bob","amount":%d,"confirm":true}`, 100+n) }
		for n := range orders {
			c := &lime.Command{Header: lime.Header{ID: fmt.Sprint("order ", n)}, Method: lime.Set, URI: "/orders", Resource: resource(limedoor.TypeOrder, words(n))}
			if err := b.Send(soon(t), c); err != nil {
				t.Fatal(err)
			}
		}
		b.Abort()
		<-b.Done()
		b = w.bot("ann", key)
		var all sync.WaitGroup
		for n := range orders {
			all.Go(func() {
				if o, err := b.order(fmt.Sprint("order ", n), words(n)); err != nil || o.State != limedoor.Sent {
					t.Errorf("order %d: %+v, %v", n, o, err)
				}
			})
		}
		all.Wait()
		want := int64(100_000 - orders*100 - orders*(orders-1)/2)
		if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != want {
			t.Errorf("got %+v, want %d", got, want)
		}
	})
}

// Many sessions work on many accounts at once.
func TestManySessions(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), func(o *limedoor.Options) { o.Limits.Sessions = 60 })
	names := []string{"ann", "bob", "carol", "dave"}
	w.enrol(names...)
	var all sync.WaitGroup
	for i, name := range names {
		key := w.link(name, "budget 50k/day")
		next := names[(i+1)%len(names)]
		for s := range 10 {
			b := w.bot(name, key)
			all.Go(func() {
				for n := range 5 {
					if o, err := b.order(fmt.Sprintf("%d-%d", s, n), fmt.Sprintf(`{"to":%q,"amount":10,"confirm":true}`, next)); err != nil || o.State != limedoor.Sent {
						t.Errorf("%s: %+v, %v", name, o, err)
					}
					if _, err := b.do(lime.Get, "/balance", nil); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	for _, name := range names { // each paid 500 and got 500
		b := w.bot(name, w.link(name, "receive-only"))
		if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 100_000 {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
