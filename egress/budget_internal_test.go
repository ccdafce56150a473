package egress

import (
	"fmt"
	"testing"
)

func TestBudget(t *testing.T) {
	var b budget
	for range mostOfHost {
		if !b.take("slow.example") {
			t.Fatal("refused below the limit of a host")
		}
	}
	if b.take("slow.example") {
		t.Error("a host has more than its share")
	}
	others := 0
	for i := range mostOfAll {
		if b.take(fmt.Sprint("host", i)) {
			others++
		}
	}
	if others != mostOfAll-mostOfHost {
		t.Errorf("%d others", others)
	}
	b.give("slow.example")
	if !b.take("slow.example") {
		t.Error("what was given back is not there")
	}
	for range mostOfHost {
		b.give("slow.example")
	}
	for i := range others {
		b.give(fmt.Sprint("host", i))
	}
	if b.all != 0 || len(b.host) != 0 {
		t.Errorf("left are %d, %v", b.all, b.host)
	}
}
