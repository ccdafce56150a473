package component

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// Whose no money is shown reads none, and an address says to nobody else whose it is.
func TestWhatAContactSaysOfItself(t *testing.T) {
	cat, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	say := cat.Printer("en", "sat")
	for name, tt := range map[string]struct {
		k    wallet.Contact
		want string
	}{
		"the gateway, to a stranger":  {wallet.Contact{Kind: wallet.GatewayContact}, ""},
		"the gateway, to a user":      {wallet.Contact{Kind: wallet.GatewayContact, Whose: "ann", Sum: amount.FromSats(7)}, "Hi ann! Balance: 7\u00a0sat"},
		"a neighbour":                 {wallet.Contact{Kind: wallet.UserContact, Name: "bob"}, ""},
		"somebody's address":          {wallet.Contact{Kind: wallet.AddressContact, Label: "shop"}, ""},
		"one's own":                   {wallet.Contact{Kind: wallet.AddressContact, Mine: true}, "This address is mine"},
		"one's own, with what came":   {wallet.Contact{Kind: wallet.AddressContact, Mine: true, Whose: "ann"}, "This address is mine. Received 0\u00a0sat"},
		"one's own, with what it is":  {wallet.Contact{Kind: wallet.AddressContact, Mine: true, Label: "shop"}, "This address is mine (shop)"},
		"one's own, with a label too": {wallet.Contact{Kind: wallet.AddressContact, Mine: true, Label: "shop", Whose: "ann", Sum: 5000}, "This address is mine (shop). Received 5\u00a0sat"},
	} {
		if got := status(say, tt.k); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
