package egress

import (
	"fmt"
	"testing"
)

func TestBudget(t *testing.T) {
	var b budget
	for range mostOfHost {
		if !b.take("slow.example", "") {
			t.Fatal("refused below the limit of a host")
		}
	}
	if b.take("slow.example", "") {
		t.Error("a host has more than its share")
	}
	others := 0
	for i := range mostOfAll {
		if b.take(fmt.Sprint("host", i), "") {
			others++
		}
	}
	if others != mostOfAll-mostOfHost {
		t.Errorf("%d others", others)
	}
	b.give("slow.example", "")
	if !b.take("slow.example", "") {
		t.Error("what was given back is not there")
	}
	for range mostOfHost {
		b.give("slow.example", "")
	}
	for i := range others {
		b.give(fmt.Sprint("host", i), "")
	}
	if b.all != 0 || len(b.host) != 0 || len(b.owner) != 0 {
		t.Errorf("left are %d, %v, %v", b.all, b.host, b.owner)
	}
}

// One stranger has as many hosts as he likes: he does not keep others from theirs.
func TestNobodyTakesAll(t *testing.T) {
	for name, tt := range map[string]struct {
		host string // for a number
		want int    // requests of 64 that go
	}{
		"hosts of one domain":              {"h%d.evil.example", mostOfOwner},
		"hosts below hosts":                {"h%d.h.evil.example", mostOfOwner},
		"with a dot behind":                {"h%d.evil.example.", mostOfOwner},
		"where names are registered":       {"evil%d.co.uk", mostOfAll},
		"where names cost nothing":         {"evil%d.duckdns.org", mostOfOwner},
		"names below those":                {"h%[1]d.evil%[1]d.duckdns.org", mostOfOwner},
		"addresses of one site":            {"2001:db8:1:%x::1", mostOfOwner},
		"addresses with a zone":            {"2001:db8:1:%x::1%%x", mostOfOwner},
		"addresses of many sites":          {"2001:db8:%x::1", mostOfAll},
		"addresses of IPv4, each somebody": {"192.0.2.%d", mostOfAll},
	} {
		t.Run(name, func(t *testing.T) {
			var b budget
			got := 0
			for i := range mostOfAll {
				if b.take(fmt.Sprintf(tt.host, i), "") {
					got++
				}
			}
			if got != tt.want {
				t.Errorf("%d go, want %d", got, tt.want)
			}
			if b.take("getalby.com", "") != (tt.want < mostOfAll) {
				t.Error("what is left is not for others")
			}
		})
	}
}

// Who has many domains to ask, or the users of whom do, leaves room for others.
func TestNobodyAsksForAll(t *testing.T) {
	var b budget
	for who := range 4 {
		for i := range mostOfAll {
			b.take(fmt.Sprintf("evil%d-%d.example", who, i), fmt.Sprintf("evil%d.example", who))
		}
	}
	for _, asker := range []string{"example.org", ""} {
		if !b.take("getalby.com", asker) {
			t.Errorf("four domains ask for all that there is, and %q has nothing", asker)
		}
	}
	for who := range keptForNew - 4 { // what is kept is enough for as many owners
		b.take(fmt.Sprintf("other%d.example", who), fmt.Sprintf("other%d.example", who))
		b.take(fmt.Sprintf("next%d.example", who), fmt.Sprintf("other%d.example", who))
	}
	if !b.take("getalby.com", "example.net") {
		t.Error("what is kept for askers of whom nothing is under way was taken by others")
	}
	b = budget{}
	for range 3 {
		if !b.take("getalby.com", "example.org") {
			t.Fatal("refused below the limits")
		}
		b.give("getalby.com", "example.org")
	}
	if len(b.asker) != 0 {
		t.Errorf("left are %v", b.asker)
	}
}

// Servers below one domain are one's, who leaves room for others.
func TestServersBelowOneDomainAskAsOne(t *testing.T) {
	var b budget
	for who := range 20 {
		for i := range mostOfAll {
			b.take(fmt.Sprintf("evil%d-%d.example", who, i), fmt.Sprintf("chat%d.evil.example", who))
		}
	}
	if b.all > mostOfAll/2 {
		t.Errorf("servers below one domain have %d of %d", b.all, mostOfAll)
	}
	for who := range 20 {
		for b.asker["evil.example"] > 0 {
			b.give(fmt.Sprintf("evil0-%d.example", b.asker["evil.example"]-1), fmt.Sprintf("chat%d.evil.example", who))
		}
	}
	if b.all != 0 || len(b.asker) != 0 {
		t.Errorf("left are %d, %v", b.all, b.asker)
	}
}
