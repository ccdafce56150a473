package address_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
)

func TestValidUsername(t *testing.T) {
	for _, name := range []string{
		"a", "alice", "bob", "alice-b", "a_b", "x2", "alice2", "a-", "lnb", "bc", "bitcoin-bob", "kate", "matt", "cool",
		strings.Repeat("a", 32), "helpful", "rootbeer", "allan", "codex", "satya",
	} {
		if err := address.ValidUsername(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for phrase, names := range map[string][]string{
		"name.syntax": {
			"", " ", "Alice", "ALICE", "2x", "-a", "_a", "a b", "a.b", "alice.", "alice@example.org", `alice\40example.org`, "a/b", "a+b",
			"é", "аlice", "alıce", "ａlice", "alice\u200b", "alice\n", "al\x00ice", "\xff", "♚", strings.Repeat("a", 33), "1a1zp1ep5qgefi2dmptftl5slmv7divfna",
			"3j98t1wpez73cnmqviecrnyiwrnqrhwn",
		},
		"name.reserved": {
			"admin", "bitcoim", "bitcoirn", "support", "supp0rt", "r00t", "root", "help", "he1p", "all", "a11", "self", "me",
			"no-reply", "no_reply", "systern", "team", "tearn", "vvebmaster", "vvallet",
			"sat", "sats", "k", "m", "s", "btc", "mbtc", "bit", "bits", "eur", "euro", "usd", "dollar",
		},
		"name.address": {"bc1pfeessrawgf", "bc1", "bc1qw508d6qejxtdg4y5r3zarvary0c", "tb1foo", "bcrt1x", "lnbc1", "lnbcrt500", "lntbs1", "lnurl1dp68", "lno1qq", "sp1q", "moneysocket1lcqq"},
	} {
		for _, name := range names {
			err := address.ValidUsername(name)
			if f := fault.Of(err); err == nil || f.Kind != fault.Invalid || f.Phrase != phrase {
				t.Errorf("%q: got %v, want %s", name, err, phrase)
			}
		}
	}
}

// What is drawn alike counts as one name. What is only read alike, as digits that
// stand for letters, does not: mail and mall, or sam5 and sams, are names of two.
func TestSkeleton(t *testing.T) {
	for _, tt := range []struct {
		one, other string
		alike      bool
	}{
		{"bob", "b0b", true}, {"paul", "pau1", true}, {"mark", "rnark", true}, {"will", "vvill", true}, {"will", "wi1l", true}, {"a_b", "a-b", true},
		{"corn", "com", true}, {"warm", "vvarrn", true}, {"l0l", "1o1", true},
		{"will", "w1ll", false}, {"will", "wlll", false}, {"mail", "mall", false}, {"sam5", "sams", false}, {"b8", "bb", false}, {"tom2", "tomz", false},
		{"g6", "gb", false}, {"clara", "dara", false}, {"quinn", "gulnn", false}, {"bob", "rob", false}, {"ab", "a-b", false}, {"ann", "anna", false},
	} {
		if is := address.Skeleton(tt.one) == address.Skeleton(tt.other); is != tt.alike {
			t.Errorf("%s and %s look alike: %v", tt.one, tt.other, is)
		}
	}
}

// A name is never an address, and the other way round.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"alice", "bc1pfeessrawgf", "mipcbbfg9gmich81kj8tqqdgozub1zjrfn-abc", "adm1n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if address.ValidUsername(name) != nil {
			return
		}
		for _, n := range address.Networks {
			if a, err := address.DecodeJID(name, n); err == nil {
				t.Fatalf("%q is %s on %s, too", name, a, n)
			}
		}
		if address.Escape(name) != name || address.Unescape(name) != name || address.Bare(name+"@x") != name+"@x" {
			t.Fatalf("%q is not the same in a JID", name)
		}
	})
}
