package command

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
)

// A phrase that is renamed is not heard any more, and here somebody notices.
func TestWhatAppsHearAreFaults(t *testing.T) {
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	of := []string{notNow, ownerLimits, ownerShort, ownerSuspended}
	for _, all := range []map[string]bool{hears, ofBalance} {
		of = slices.AppendSeq(of, maps.Keys(all))
	}
	for _, phrase := range slices.AppendSeq(of, maps.Keys(instead)) {
		if _, ok := words.Args(phrase); !ok {
			t.Errorf("there is no phrase %q", phrase)
		}
	}
	for phrase := range hears {
		args, _ := words.Args(phrase)
		for _, owners := range []string{"balance", "left", "limit", "reason", "total"} {
			if slices.Contains(args, owners) {
				t.Errorf("%q tells {%s}", phrase, owners)
			}
		}
	}
}

func TestAnAppHearsNoFaultThatIsNotListed(t *testing.T) {
	cause := errors.New("why")
	for name, tt := range map[string]struct {
		phrase      string
		kind        fault.Kind
		bot, other  string // what a bot is told, and an app that may not ask for the balance
		keepsFigure bool
	}{
		"its own budget":       {"app.asks-too-much", fault.NotAllowed, "app.asks-too-much", "app.asks-too-much", true},
		"the payee":            {"pay.unknown", fault.NotFound, "pay.unknown", "pay.unknown", true},
		"its own words":        {"command.pay.usage", fault.Invalid, "command.pay.usage", "command.pay.usage", true},
		"a limit":              {"limit.in-flight", fault.NotAllowed, ownerLimits, ownerLimits, false},
		"why it is suspended":  {"user.suspended", fault.NotAllowed, ownerSuspended, ownerSuspended, false},
		"a fault that is new":  {"limit.by-the-hour", fault.NotAllowed, notNow, notNow, false},
		"of another name":      {"limit.flying", fault.Later, notNow, notNow, false},
		"that looks like one":  {"pay.unknown-limit", fault.Short, notNow, notNow, false},
		"what is only ours":    {"fault.internal", fault.Internal, "fault.internal", "fault.internal", true},
		"a name in the family": {"commands", fault.Invalid, notNow, notNow, false},
	} {
		t.Run(name, func(t *testing.T) {
			was := fault.Wrap(cause, tt.kind, tt.phrase, fault.Args{"n": int64(7)})
			for sees, want := range map[bool]string{true: tt.bot, false: tt.other} {
				err := discreet(was, sees)
				f := fault.Of(err)
				if f.Phrase != want || f.Kind != tt.kind || (f.Args != nil) != tt.keepsFigure || !errors.Is(err, cause) {
					t.Errorf("may ask for the balance: %v: got %v, want %s", sees, err, want)
				}
			}
		})
	}
	for sees, want := range map[bool]string{true: "order.short", false: ownerShort} {
		if f := fault.Of(discreet(fault.New(fault.Short, "order.short", nil), sees)); f.Phrase != want {
			t.Errorf("may ask for the balance: %v: got %s, want %s", sees, f.Phrase, want)
		}
	}
	if discreet(nil, true) != nil || heardBy(1, nil) != nil {
		t.Error("nothing is a fault")
	}
}
