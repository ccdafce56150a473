package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/bitcoim/bitcoim/fault"
)

var (
	errLimit = fault.NewGroup("a limit")
	errDay   = errLimit.Define(fault.NotAllowed, "limit.day")
	errGone  = fault.Define(fault.NotFound, "pay.recipient-gone")
)

func TestADeclaredFaultIsFound(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		target error
		found  bool
	}{
		"itself":                              {errGone, errGone, true},
		"with arguments":                      {errGone.With(fault.Args{"who": "bob"}), errGone, true},
		"with a cause":                        {errGone.Because(context.Canceled), errGone, true},
		"with both, and of another kind":      {errGone.With(fault.Args{"who": "bob"}).OfKind(fault.Conflict).Because(context.Canceled), errGone, true},
		"below words for the log":             {fmt.Errorf("pay: %w", errGone.With(nil)), errGone, true},
		"its group":                           {errDay.With(fault.Args{"left": int64(1)}), errLimit, true},
		"a fault of a group":                  {errLimit.New(fault.NotAllowed, "limit.hour", nil), errLimit, true},
		"its cause":                           {errGone.Because(fmt.Errorf("db: %w", context.Canceled)), context.Canceled, true},
		"another declared one":                {errGone, errDay, false},
		"the same phrase, declared by nobody": {fault.New(fault.NotFound, "pay.recipient-gone", nil), errGone, false},
		"the same phrase, declared twice":     {fault.Define(fault.NotFound, "pay.recipient-gone"), errGone, false},
		"one of no group":                     {errGone, errLimit, false},
		"one of another group":                {fault.NewGroup("a limit").New(fault.NotAllowed, "limit.day", nil), errLimit, false},
		"one that another replaced":           {fault.Wrap(errGone.With(nil), fault.NotFound, "app.not-now", nil), errGone, false},
		"a group that another replaced":       {errGone.Because(fmt.Errorf("pay: %w", errDay)), errLimit, false},
		"nothing":                             {nil, errGone, false},
	} {
		if got := errors.Is(tt.err, tt.target); got != tt.found {
			t.Errorf("%s: got %v, want %v", name, got, tt.found)
		}
	}
}

func TestWhatIsMadeOfADeclaredFaultIsAnother(t *testing.T) {
	errGone.With(fault.Args{"who": "bob"}).OfKind(fault.Conflict).Because(context.Canceled)
	if errGone.Args != nil || errGone.Kind != fault.NotFound || errGone.Cause != nil {
		t.Errorf("the declaration changed: %v", errGone)
	}
}

func TestOfIsTheFaultThatCounts(t *testing.T) {
	f := fault.Of(fmt.Errorf("pay: %w", errGone.Because(errDay.With(fault.Args{"left": int64(1)}))))
	if f.Phrase != "pay.recipient-gone" || f.Kind != fault.NotFound || f.Args != nil {
		t.Errorf("got %v", f)
	}
	if f := fault.Of(context.Canceled); f.Kind != fault.Internal || !errors.Is(f, context.Canceled) {
		t.Errorf("nobody's fault: got %v", f)
	}
}

// What is below a fault is found by its type, too, through another fault.
func TestACauseIsFoundByItsType(t *testing.T) {
	err := error(errGone.Because(errDay.Because(&fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist})))
	var at *fs.PathError
	if !errors.As(err, &at) || at.Path != "x" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", at)
	}
}
