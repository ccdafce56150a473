package moneysocketdoor_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// no is a refusal that is said as it is: a phrase that nobody knows.
func no(words string) *fault.Error { return fault.New(fault.NotAllowed, words, nil) }

// phrases are those of the house.
func phrases() *i18n.Catalogue {
	words, err := i18n.Load("")
	if err != nil {
		panic(err)
	}
	return words
}

// An app hears why not in the language and in the unit of its user, and in the gateway's if
// the user has none.
func TestAnAppIsRefusedInItsUsersLanguage(t *testing.T) {
	d := newDesk()
	h := open(t, d, func(o *moneysocketdoor.Options) { o.Languages = []string{"fr", "en"} })
	a := join(t, d.link(seeded()).Seed, h.at)
	ctx := t.Context()
	for i, tt := range []struct {
		no         *fault.Error
		lang, want string
	}{
		{fault.New(fault.NotAllowed, "app.is-paused", fault.Args{"app": "game"}), "en", "The app game is paused."},
		{fault.New(fault.NotAllowed, "app.is-paused", fault.Args{"app": "game"}), "fr", "L'appli game est en pause."},
		{fault.New(fault.NotAllowed, "app.is-paused", fault.Args{"app": "game"}), "", "L'appli game est en pause."},
		{wallet.ErrInvoiceLimit.With(fault.Args{"limit": int64(200_000_000)}), "en", phrases().Printer("en", "mBTC").Say(wallet.ErrInvoiceLimit.Phrase, fault.Args{"limit": int64(200_000_000)})},
	} {
		d.change(func() { d.refusal, d.lang = tt.no, tt.lang })
		if no, ok := errors.AsType[*moneysocket.Refused](refusal(a.Invoice(ctx, 1, fmt.Sprint("bill ", i)))); !ok || no.Text != tt.want {
			t.Errorf("%v in %q: got %v, want %q", tt.no, tt.lang, no, tt.want)
		}
	}
}
