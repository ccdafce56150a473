package lightning_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/lightning"
)

func TestAPaymentToTheNodeItself(t *testing.T) {
	const us, hub = "02aa", "03bb"
	way := func(last string) string {
		return `{"route":{"hops":[{"pub_key":"` + hub + `"},{"pub_key":"` + last + `"}]}}`
	}
	for name, tt := range map[string]struct {
		htlcs string
		self  bool
	}{
		"one way that comes back":                    {way(us), true},
		"two ways that come back":                    {way(us) + "," + way(us), true},
		"to the hub":                                 {way(hub), false},
		"to the hub, and a part comes back":          {way(us) + "," + way(hub), false},
		"a way of which LND does not say the end":    {`{"route":{"hops":[]}}`, false},
		"no way was tried, so nobody knows where to": {"", false},
	} {
		if got, err := lightning.PaysTo(`{"htlcs":[`+tt.htlcs+`]}`, us); err != nil || got != tt.self {
			t.Errorf("%s: got %v (%v)", name, got, err)
		}
	}
}
