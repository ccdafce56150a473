package limedoor_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/lime"
)

// process sends a command with an id of its own.
func (b *bot) process(id string, m lime.Method, uri lime.URI, doc lime.Document) (*lime.Command, error) {
	return b.Process(soon(b.t), &lime.Command{Header: lime.Header{ID: id}, Method: m, URI: uri, Resource: doc})
}

func (b *bot) order(id, text string) (limedoor.Order, error) {
	b.t.Helper()
	r, err := b.process(id, lime.Set, "/orders", resource(limedoor.TypeOrder, text))
	if err != nil {
		return limedoor.Order{}, err
	}
	o, err := lime.As[limedoor.Order](r.Resource)
	if err != nil {
		b.t.Fatal(err)
	}
	return o, nil
}

func codeOf(err error) lime.Code {
	var reason *lime.Reason
	if errors.As(err, &reason) {
		return reason.Code
	}
	return 0
}

func TestTheSameIDIsTheSameOrder(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		key := w.link("ann", "budget 5000/day")
		b, other := w.bot("ann", key), w.bot("ann", w.link("ann", "budget 5000/day"))
		const words = `{"to":"bob","amount":1000,"confirm":true}`
		first, err := b.order("order-1", words)
		if err != nil || first.State != limedoor.Sent {
			t.Fatalf("got %+v, %v", first, err)
		}
		again, err := b.order("order-1", words)
		if err != nil || again.Code != first.Code {
			t.Errorf("again: %+v, %v", again, err)
		}
		// After a reconnection, and a while later.
		if err := b.Finish(soon(t)); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(3600)
		b = w.bot("ann", key)
		if again, err := b.order("order-1", words); err != nil || again.Code != first.Code {
			t.Errorf("after an hour: %+v, %v", again, err)
		}
		for name, words := range map[string]string{
			"another amount": `{"to":"bob","amount":1001,"confirm":true}`,
			"another payee":  `{"to":"ann","amount":1000,"confirm":true}`,
			"another note":   `{"to":"bob","amount":1000,"memo":"x","confirm":true}`,
		} {
			if o, err := b.order("order-1", words); codeOf(err) != lime.InvalidArgument {
				t.Errorf("%s: got %+v, %v", name, o, err)
			}
		}
		// The id of one bot means nothing to another.
		if o, err := other.order("order-1", words); err != nil || o.Code == first.Code {
			t.Errorf("another bot: %+v, %v", o, err)
		}
		if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 98_000 {
			t.Errorf("two payments left %+v", got)
		}
	})
}

// Many sessions send the same order at once: it is paid once.
func TestOneOrderFromManySessions(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		key := w.link("ann", "budget 50k/day")
		var all sync.WaitGroup
		for range 6 {
			b := w.bot("ann", key)
			all.Go(func() {
				for n := range 5 {
					if _, err := b.order(fmt.Sprint("order-", n), fmt.Sprintf(`{"to":"bob","amount":%d,"confirm":true}`, 100+n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		b := w.bot("bob", w.link("bob", "receive-only"))
		if got := must[limedoor.Balance](b, lime.Get, "/balance", nil); got.Available != 100_510 {
			t.Errorf("got %+v", got)
		}
	})
}

// An invoice that is asked for again is the same one.
func TestTheSameIDIsTheSameInvoice(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann")
		b := w.bot("ann", w.link("ann", "receive-only"))
		var ids [2]string
		for n := range ids {
			r, err := b.process("invoice-1", lime.Set, "/invoices", resource(limedoor.TypeInvoice, `{"amount":77}`))
			if err != nil {
				t.Fatal(err)
			}
			i, err := lime.As[limedoor.Invoice](r.Resource)
			if err != nil || i.State == "" || i.Amount != 77 || i.URI == "" {
				t.Errorf("got %+v, %v", i, err)
			}
			if ids[n] = i.ID; n == 0 {
				w.paid(i.ID, 77)
			} else if i.State != "paid" {
				t.Errorf("the second time it is %s", i.State)
			}
		}
		if ids[0] != ids[1] {
			t.Errorf("got %q", ids)
		}
	})
}
