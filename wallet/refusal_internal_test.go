package wallet

import (
	"math"
	"testing"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
)

// What is kept is said as it was, in each language.
func TestARefusalSurvivesItsKeeping(t *testing.T) {
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*fault.Error{
		app.ErrPaused.With(fault.Args{"app": "game"}),
		ErrInvoiceLimit.With(fault.Args{"limit": int64(math.MaxInt64)}),
		ErrNoAmount,
		ErrNotNow.OfKind(fault.InsufficientFunds).Because(errDenied),
	} {
		text, err := f.Keep()
		if err != nil {
			t.Fatal(err)
		}
		kept := refusal(text)
		if kept.Kind != f.Kind || kept.Cause != nil {
			t.Errorf("%v is %v", f, kept)
		}
		for _, lang := range words.Languages() {
			p := words.Printer(lang, "sat")
			if said, want := p.Say(kept.Phrase, kept.Args), p.Say(f.Phrase, f.Args); said != want {
				t.Errorf("%s: %q, want %q", lang, said, want)
			}
		}
	}
}

// Until faults were kept, their words were.
func TestARefusalOfOldIsSaidAsItWas(t *testing.T) {
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"L'appli game est en pause.", "{\"odd\"}", "{}", "7", "null", "the user refused the payment {x}"} {
		f := refusal(text)
		if said := words.Printer("en", "").Say(f.Phrase, f.Args); said != text {
			t.Errorf("%q is said %q", text, said)
		}
	}
}
