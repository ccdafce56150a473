package paymentorder_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/paymentorder"
)

func TestIsCode(t *testing.T) {
	for _, tt := range []struct {
		name, word string
		want       bool
	}{
		{"letters and digits", "k7fw", true},
		{"one letter four times can be no code of ours, but who knows", "aaaa", true},
		{"a letter that looks like a digit", "kl7w", false},
		{"a digit that looks like a letter", "k0fw", false},
		{"capitals", "K7FW", false},
		{"too short", "k7f", false},
		{"of somebody whose short codes are used up", "k7fwxa", true},
		{"too long", "k7fwxab", false},
		{"nothing", "", false},
		{"a space", "k7 w", false},
		{"four bytes of another script", "äö", false},
	} {
		if got := paymentorder.IsCode(tt.word); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}

// TestCodes draws many for one user: no two orders have the same.
func TestCodes(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(0), c.user(0)
		seen, letters := map[string]bool{}, map[rune]bool{}
		var codes []string
		c.do(func(tx *db.Tx) error {
			codes = nil
			for range limits.OpenOrders {
				o, err := limits.Draft(t.Context(), tx, ann, inside(bob, amount.Sat), now)
				if err != nil {
					return err
				}
				codes = append(codes, o.Code)
			}
			return nil
		})
		for _, code := range codes {
			if !paymentorder.IsCode(code) {
				t.Fatalf("%q is no code", code)
			}
			for i, r := range code {
				letters[r] = true
				if strings.ContainsRune(code[i+1:], r) {
					t.Errorf("%q has a letter twice", code)
				}
			}
			if seen[code] {
				t.Errorf("%q means two orders", code)
			}
			seen[code] = true
		}
		if len(letters) != len(paymentorder.Letters) {
			t.Errorf("%d of %d letters are used", len(letters), len(paymentorder.Letters))
		}
	})
}

// A code is one user's: in the mouth of another it is nothing.
func TestCodeOfAnotherUser(t *testing.T) {
	each(t, func(t *testing.T, c town) {
		ann, bob := c.user(10*amount.Sat), c.user(10*amount.Sat)
		o := c.draft(ann, inside(bob, amount.Sat))
		says(t, c.confirm(bob, o.Code), fault.NotFound, "order.unknown")
		says(t, c.confirm(ann, "zzzz"), fault.NotFound, "order.unknown")
		c.must(c.confirm(ann, o.Code))
		c.has(bob, 11*amount.Sat, 0)
	})
}
