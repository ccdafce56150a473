package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/useraccount"
)

var record = regexp.MustCompile(`^ann\.user\._bitcoin-payment\.bitcoin\.localhost\. 1800 IN TXT "bitcoin:(bcrt1[a-z0-9]+)"\n$`)

// A name keeps its address in DNS until somebody pays to it.
func TestZone(t *testing.T) {
	b := openBank(t)
	b.must(b.db.Tx(t.Context(), func(tx *db.Tx) error { return useraccount.Rename(t.Context(), tx, b.ann, "ann", 1) }))
	printed := func() string {
		out, err := b.run("zone")
		b.must(err)
		m := record.FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("it prints %q", out)
		}
		return m[1]
	}
	first := printed()
	if again := printed(); again != first {
		t.Errorf("%s, and then %s", first, again)
	}
	own, err := deposit.Owner(t.Context(), b.db.Read(), first)
	if err != nil || own == nil || own.User != b.ann.ID {
		t.Errorf("%s is %+v (%v)", first, own, err)
	}
	b.must(b.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.One(t.Context(), `UPDATE deposit_address SET used = 1 WHERE address = $1`, first)
		return err
	}))
	if next := printed(); next == first {
		t.Error("an address that was paid to is printed again")
	}
	out, err := b.run("zone", "-domain", "pay.example.org", "-ttl", "1h")
	if err != nil || !strings.HasPrefix(out, "ann.user._bitcoin-payment.pay.example.org. 3600 IN TXT ") {
		t.Errorf("got %q (%v)", out, err)
	}
}
