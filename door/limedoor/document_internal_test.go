package limedoor

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// Whatever stands in an order, it is refused with a reason, or it says whom to
// pay and an amount that there can be.
func FuzzOrder(f *testing.F) {
	for _, text := range []string{`{"to":"bob","amount":1000}`, `{"to":"bob","amount":"0.1","unit":"btc","maxFee":5,"confirm":true}`, `{"amount":"all"}`,
		`{"to":null,"amount":null}`, `[]`, `7`, `{"to":"bob","amount":{"a":1}}`, `{"to":"\u0000","amount":1e400}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, err := document[ask](lime.Raw{Type: TypeOrder, JSON: text}, TypeOrder)
		if err != nil {
			var reason *lime.Reason
			if !errors.As(err, &reason) {
				t.Fatalf("%s: %v is no reason", text, err)
			}
			return
		}
		p, err := want.payment()
		if err != nil {
			return
		}
		if strings.TrimSpace(want.To) == "" {
			t.Fatalf("%s pays nobody", text)
		}
		if said := want.Amount != "" && want.Amount != "all"; said && (p.Amount <= 0 || p.Amount > amount.Max) || !said && p.Amount != 0 {
			t.Fatalf("%s is %d msat", text, p.Amount)
		}
	})
}

func FuzzSpan(f *testing.F) {
	for _, text := range []string{"from=2026-11-21", "to=2026-11-21T10:00:00Z&from=1", "from=9999-12-31&to=0000-01-01", "from=%zz"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		if _, err := spanOf(&limeserver.Request{Query: q}); err != nil {
			var r *refusal
			if !errors.As(err, &r) || r.code != lime.InvalidArgument {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}

// A payer is anything that a bot writes into an address.
func FuzzPayer(f *testing.F) {
	for _, text := range []string{"ann%40example.org@bitcoin.example.org", "a%25b", "@", "postmaster@x", "%", "a/b@c", "ANN", "\u13cf"} {
		f.Add(text)
	}
	d := &Door{o: Options{Domain: "bitcoin.example.org"}}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := lime.ParseNode(text)
		if err != nil {
			return
		}
		if at := d.contactAt(n); at != address.Fold(at) {
			t.Fatalf("%q is %q", text, at)
		}
	})
}

func TestEveryStateOfAnOrderHasAName(t *testing.T) {
	for _, state := range []wallet.OrderState{wallet.OrderNew, wallet.OrderHeld, wallet.OrderSending, wallet.OrderInFlight, wallet.OrderConfirming,
		wallet.OrderDone, wallet.OrderFailed, wallet.OrderCancelled, wallet.OrderExpired, wallet.OrderStuck} {
		if states[state] == "" {
			t.Errorf("%s has no name", state)
		}
	}
}

// A bot can tell apart what it may cancel, what it may not, and what goes on.
func TestABotReadsWhatAnOrderWaitsFor(t *testing.T) {
	d := &Door{}
	for pause, want := range map[wallet.Pause][2]bool{wallet.NoPause: {}, wallet.Stopped: {true, false}, wallet.MayBeMade: {false, true}} {
		o := d.orderOf(wallet.OrderRecord{State: wallet.OrderHeld, Pause: pause}, speech{})
		if o.State != Confirmed || o.Stopped != want[0] || o.MayBeMade != want[1] {
			t.Errorf("%d: got %+v", pause, o)
		}
	}
}
