package limedoor_test

import (
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/door/limedoor"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/useraccount"
)

// The answer to a bot's payment was lost. The same id with the same words gets it, whatever
// the payment itself has changed since.
func TestASameIDIsAnsweredWhateverChangedSince(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob")
		b := w.bot("ann", w.link("ann", "budget 5000/day"))
		invoice := w.invoices("bob", "receive 1000 tea").Text
		for id, tt := range map[string]struct{ words, then string }{
			"invoice": {fmt.Sprintf(`{"to":%q,"confirm":true}`, invoice), "balance"},
			"name":    {`{"to":"bob","amount":1000,"confirm":true}`, "name robert"},
		} {
			first, err := b.order(id, tt.words)
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			w.says("bob", tt.then)
			again, err := b.order(id, tt.words)
			if err != nil || again.Code != first.Code {
				t.Errorf("%s: got %+v, %v (%d), want order %s", id, again, err, codeOf(err), first.Code)
			}
		}
	})
}

// Who may not pay hears so, and nothing of whom they named: nobody tries names, or has
// invoices decoded and services asked.
func TestWhoMayNotPayHearsNothingOfWhom(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob", "carl")
		u, err := useraccount.ByJID(t.Context(), w.desk.DB.Read(), jid("carl"))
		if err != nil {
			t.Fatal(err)
		}
		err = w.desk.DB.Tx(t.Context(), func(tx *db.Tx) error {
			return useraccount.Suspend(t.Context(), tx, u, "root", "because", w.clock.Load())
		})
		if err != nil {
			t.Fatal(err)
		}
		receives := w.bot("ann", w.link("ann", "receive-only"))
		suspended := w.person("carl")
		for who, order := range map[string]func(id, words string) (limedoor.Order, error){"a bot that receives": receives.order, "who is suspended": suspended.order} {
			_, there := order("1", `{"to":"bob","amount":1000}`)
			for i, to := range []string{"nobodyhere", "lightning:lnbcrt10n1pxxxxxxxxxxxxxxxxxxxxxxxxx"} {
				if _, err := order(fmt.Sprint(i+2), fmt.Sprintf(`{"to":%q,"amount":1000}`, to)); err == nil || there == nil || codeOf(err) != codeOf(there) {
					t.Errorf("%s hears %v of bob, and %v of %s", who, there, err, to)
				}
			}
		}
	})
}

// Who acts for another by a delegation has ids of their own: they neither get what the
// other's ids made, nor take ids from them.
func TestADelegateHasIDsOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.enrol("ann", "bob", "carl")
		ann, bob := w.person("ann"), w.person("bob")
		if _, err := ann.do(lime.Set, "/delegations", resource(ofDelegation, `{"target":"bob","commands":[{"method":"set","uri":"/orders"}]}`)); err != nil {
			t.Fatal(err)
		}
		uri := lime.URI("lime://ann@" + gateway + "/orders")
		const words = `{"to":"carl","amount":1000,"memo":"secret"}`
		made := func(who *bot, id string, uri lime.URI, words string) string {
			t.Helper()
			r, err := who.process(id, lime.Set, uri, resource(limedoor.TypeOrder, words))
			if err != nil {
				t.Errorf("order %s: %v", id, err)
				return ""
			}
			o, _ := lime.As[limedoor.Order](r.Resource)
			return o.Code
		}
		if own, his := made(ann, "1", "/orders", words), made(bob, "1", uri, words); own == his {
			t.Errorf("bob's request got ann's order %s", own)
		}
		made(bob, "2", uri, words)
		made(ann, "2", "/orders", `{"to":"carl","amount":2000}`)
	})
}
