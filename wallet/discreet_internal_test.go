package wallet

import (
	"errors"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What an app hears says nothing by which it could count its owner's money.
func TestWhatAppsHearTellsNothingOfTheOwner(t *testing.T) {
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	told := []error{ErrNotNow, ErrOwnerLimits, ErrOwnerShort, ErrOwnerSuspended}
	for _, err := range slices.Concat(hears, told) {
		f, is := any(err).(*fault.Error)
		if !is {
			continue // a group
		}
		args, ok := words.Args(f.Phrase)
		if !ok {
			t.Errorf("there is no phrase %q", f.Phrase)
		}
		for _, owners := range []string{"balance", "left", "limit", "reason", "total"} {
			if slices.Contains(args, owners) {
				t.Errorf("%q tells {%s}", f.Phrase, owners)
			}
		}
	}
}

func TestAnAppHearsNoFaultThatIsNotListed(t *testing.T) {
	cause := errors.New("why")
	for name, tt := range map[string]struct {
		is         error
		bot, other *fault.Error // what a bot is told, and an app that may not ask for the balance; nil: as it is
	}{
		"its own budget":       {ErrAsksTooMuch, nil, nil},
		"the payee":            {ErrNobody, nil, nil},
		"its own words":        {ErrRequest.New(fault.Invalid, "command.pay.usage", nil), nil, nil},
		"an amount":            {amount.ErrAmount.New(fault.Invalid, "amount.syntax", nil), nil, nil},
		"a limit":              {paymentorder.ErrInFlight, ErrOwnerLimits, ErrOwnerLimits},
		"a limit of the payee": {ErrPayeeLimit, ErrNotNow, ErrNotNow},
		"a limit of all":       {paymentorder.ErrInFlightAll, nil, nil},
		"why it is suspended":  {useraccount.ErrSuspended, ErrOwnerSuspended, ErrOwnerSuspended},
		"the balance":          {paymentorder.ErrInsufficientFunds, nil, ErrOwnerShort},
		"a limit that is new":  {paymentorder.ErrLimit.Define(fault.NotAllowed, "limit.by-the-hour"), ErrNotNow, ErrNotNow},
		"a fault that is new":  {fault.Define(fault.Unavailable, "app.flying"), ErrNotNow, ErrNotNow},
		"of a phrase it hears": {fault.New(fault.NotFound, "pay.unknown", nil), ErrNotNow, ErrNotNow},
		"what is only ours":    {fault.New(fault.Internal, "fault.internal", nil), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			was := fault.Of(tt.is).With(fault.Args{"n": int64(7)}).Because(cause)
			for sees, want := range map[bool]*fault.Error{true: tt.bot, false: tt.other} {
				err := discreet(was, sees)
				f := fault.Of(err)
				switch {
				case f.Kind != was.Kind || !errors.Is(err, cause):
					t.Errorf("may ask for the balance: %v: got %v", sees, err)
				case want == nil && f != was, want != nil && (!errors.Is(err, want) || f.Args != nil):
					t.Errorf("may ask for the balance: %v: got %v, want %v", sees, err, want)
				case want != nil && errors.Is(err, tt.is):
					t.Errorf("may ask for the balance: %v: a door can still tell %v", sees, was)
				}
			}
		})
	}
	if discreet(nil, true) != nil || HeardBy(1, nil) != nil {
		t.Error("nothing is a fault")
	}
}
