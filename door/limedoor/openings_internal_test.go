package limedoor

import (
	"fmt"
	"testing"
)

func TestAccountsThatANetworkOpens(t *testing.T) {
	for name, tt := range map[string]struct {
		address func(i int) string
		want    int // accounts that are opened, of 200
	}{
		"one address":                {func(int) string { return "192.0.2.1" }, mostOpened},
		"many of IPv4":               {func(i int) string { return fmt.Sprintf("192.0.2.%d", i) }, 200},
		"many of one household":      {func(i int) string { return fmt.Sprintf("2001:db8:1:2::%x", i) }, mostOpened},
		"many households, one site":  {func(i int) string { return fmt.Sprintf("2001:db8:1:%x::1", i) }, mostOpenedSite},
		"many sites":                 {func(i int) string { return fmt.Sprintf("2001:db8:%x::1", i) }, 200},
		"IPv4 written as IPv6":       {func(i int) string { return "::ffff:192.0.2.1" }, mostOpened},
		"a zone makes no difference": {func(i int) string { return fmt.Sprintf("fe80::1%%eth%d", i) }, mostOpened},
		"no address":                 {func(int) string { return "" }, mostOpened},
	} {
		t.Run(name, func(t *testing.T) {
			o, got := newOpenings(), 0
			for i := range 200 {
				if o.take(tt.address(i)) {
					got++
				}
			}
			if got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

// A site has more households than can be remembered. They do not make that nobody is
// counted any more.
func TestASiteDoesNotHideOthers(t *testing.T) {
	o := newOpenings()
	for i := range 1 << 16 {
		o.take(fmt.Sprintf("2001:db8:1:%x::1", i))
	}
	n := 0
	for range 5000 {
		if o.take("192.0.2.77") {
			n++
		}
	}
	if n != mostOpened {
		t.Errorf("one address opened %d accounts, %d are allowed", n, mostOpened)
	}
}
