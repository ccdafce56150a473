package address_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/address"
)

func TestOwner(t *testing.T) {
	for host, want := range map[string]string{
		"example.org":          "example.org",
		"chat.s1.example.org":  "example.org",
		"chat.example.org.":    "example.org",
		"a.example.co.uk":      "example.co.uk",
		"a.b.duckdns.org":      "duckdns.org",
		"localhost":            "localhost",
		"":                     "",
		"192.0.2.7":            "192.0.2.7",
		"2001:db8:1:2::3":      "2001:db8:1::/48",
		"2001:db8:1:9::3%eth0": "2001:db8:1::/48",
		"[2001:db8:1:2::3]":    "2001:db8:1::/48",
		"[2001:db8:1:9::3]":    "2001:db8:1::/48",
		"[2001:db8:2::3]":      "2001:db8:2::/48",
	} {
		if got := address.Owner(host); got != want {
			t.Errorf("%q is %q's, want %q", host, got, want)
		}
	}
}
