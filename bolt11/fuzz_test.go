package bolt11_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/bolt11"
)

// FuzzParse reads anything as an invoice. What is read is the same in either case of
// letters, is no more than there is, and can be part of a path.
func FuzzParse(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.text)
	}
	f.Add("lnbcrt1/../../v1/getinfo?" + examples(f)[0].text[4:])
	f.Add("lnbcrt1" + strings.Repeat("q", 117))
	f.Fuzz(func(t *testing.T, text string) {
		loose, err := bolt11.ParseUnverified(text)
		whole, strict := bolt11.Parse(text)
		for _, err := range []error{err, strict} {
			if err != nil && !errors.Is(err, bolt11.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		}
		if err != nil {
			if strict == nil || !reflect.ValueOf(loose).IsZero() {
				t.Errorf("%q is good and bad: %+v", text, loose)
			}
			return
		}
		if strict == nil {
			if len(whole.Payee) != 66 {
				t.Errorf("signed by %q", whole.Payee)
			}
			if whole.Payee = ""; !reflect.DeepEqual(whole, loose) {
				t.Errorf("got %+v and %+v", whole, loose)
			}
		}
		if strings.Trim(loose.Text, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			t.Errorf("%q is no invoice", loose.Text)
		}
		if loose.Msat < 0 || loose.Msat > 2_100_000_000_000_000_000 || loose.Expiry < 0 || loose.Expiry > bolt11.MaxExpiry || loose.FinalCLTV < 0 {
			t.Errorf("impossible: %+v", loose)
		}
		for _, other := range []string{strings.ToUpper(text), strings.ToLower(text)} {
			if again, err := bolt11.ParseUnverified(other); err != nil || !reflect.DeepEqual(again, loose) {
				t.Errorf("in other letters: got %+v (%v), want %+v", again, err, loose)
			}
		}
	})
}
