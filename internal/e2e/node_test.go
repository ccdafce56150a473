package e2e_test

import (
	"sync"
	"testing"
)

// frozenNode stops the wallet's node. What needs it says so; what does not
// goes on.
func frozenNode(t *testing.T, h *house) {
	ann, ben := h.rich(t, "node-ann", 200_000), h.rich(t, "node-ben", 1000)
	bank := h.enter(t, "donor") // whose only address is used
	cat := h.enter(t, "node-cat")
	out, in := stranger(t), ben.address()
	thaw, err := h.FreezeWallet()
	if err != nil {
		t.Fatal(err)
	}
	defer thaw()
	var slow sync.WaitGroup
	for _, a := range []struct {
		who  *person
		line string
	}{{bank, "receive 5000"}, {ben, "address new"}, {ann, "pay 5000 " + out}, {cat, "register node-cat"}} {
		slow.Go(func() {
			if said, err := a.who.ask(t.Context(), "%s", a.line); err != nil || !contains(said, "node does not answer now", "Your coins are safe") {
				t.Errorf("%q is answered %q (%v)", a.line, said, err)
			}
		})
	}
	slow.Wait()
	ann.confirms(ann.orders("pay 10 node-ben"))
	ben.hears("node-ann sent you 10 sat")
	if got := ben.balance(); got != 1010 {
		t.Errorf("ben has %d sat, want 1010", got)
	}
	if err := thaw(); err != nil {
		t.Fatal(err)
	}
	cat.asks("register node-cat", "Welcome")
	before := h.audit(t)
	ann.asks("confirm "+ann.orders("pay 20000 %s fast", out), "Sending 20 000 sat")
	ann.hears("Sent 20 000 sat")
	if _, err := h.Chain.Fund(t.Context(), in, 30_000); err != nil {
		t.Fatal(err)
	}
	ben.hears("30 000 sat", "on their way")
	if _, err := h.Chain.Mine(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ann.hears("20 000 sat to "+out, "are in a block")
	ben.hears("Received 30 000 sat")
	after := h.audit(t)
	if after.Payments != before.Payments+1 || after.Coins != before.Coins+1 {
		t.Errorf("%d payments and %d deposits more, want one each", after.Payments-before.Payments, after.Coins-before.Coins)
	}
}
