package address_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
)

// Who mistypes an address is told that it is one, and which letter is wrong if
// that is certain.
func TestTypingErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		text, phrase, letter string
		at                   int64
	}{
		"a 1 for an l":               {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw71v8f3t4", "address.misplaced", "1", 36},
		"two of them":                {"bc1qw508d1qejxtdg4y5r3zarvary0c5xw71v8f3t4", "address.misplaced", "1", 10},
		"an o for a 0":               {"bc1qw5o8d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "address.misplaced", "o", 7},
		"a 1 in a regtest address":   {"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt18o", "address.misplaced", "1", 42},
		"one capital":                {"bc1qw508d6qEjxtdg4y5r3zarvary0c5xw7kv8f3t4", "address.misplaced", "E", 12},
		"a capital to begin with":    {"Bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "address.misplaced", "B", 1},
		"one small letter":           {"BC1QW508D6QEJXTDG4Y5r3ZARVARY0C5XW7KV8F3T4", "address.misplaced", "r", 21},
		"a letter of another script": {"bc1qw508d6qejхtdg4y5r3zarvary0c5xw7kv8f3t4", "address.misplaced", "х", 14},
		"two letters swapped":        {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv83ft4", "address.mistyped", "", 0},
		"a 0 for an o":               {"1A1zP1eP5QGefi2DMPTfTL5SLmv70ivfNa", "address.misplaced", "0", 29},
		"an l for a 1":               {"lA1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "address.invalid", "", 0}, // it may be anything
		"an O, of P2SH":              {"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLO", "address.misplaced", "O", 34},
		"base58 with one wrong":      {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "address.mistyped", "", 0},
		// A name may be as long, and is nobody's typing error.
		"a long name":              {"millionaires-of-the-middle", "address.invalid", "", 0},
		"a long name in one":       {"millionairesofthelittletown", "address.invalid", "", 0},
		"a long name with numbers": {"millionairesofthelittle2026", "address.invalid", "", 0},
		"a key of lower case":      {"n0l" + strings.Repeat("a1", 14), "address.invalid", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range address.Networks {
				_, err := address.Parse(tt.text, n)
				f := fault.Of(err)
				if f.Kind != fault.Invalid || f.Phrase != tt.phrase {
					t.Fatalf("on %s: got %v, want %s", n, err, tt.phrase)
				}
				if tt.at != 0 && (f.Args["letter"] != tt.letter || f.Args["at"] != tt.at) {
					t.Errorf("on %s: got %v, want %s at %d", n, f.Args, tt.letter, tt.at)
				}
			}
		})
	}
}

// Any letter of a good address that becomes another makes a typing error, and
// never another address or a word. What is said about it is true.
func TestEveryTypingErrorIsFound(t *testing.T) {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, good := range []string{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"} {
		for at := 4; at < len(good); at++ {
			for _, l := range letters {
				bad := good[:at] + string(l) + good[at+1:]
				if bad == good {
					continue
				}
				_, err := address.Parse(bad, address.Mainnet)
				f := fault.Of(err)
				switch f.Phrase {
				case "address.mistyped":
				case "address.misplaced":
					if f.Args["letter"] != string(l) || f.Args["at"] != int64(at+1) {
						t.Fatalf("%s: got %v, want %c at %d", bad, f.Args, l, at+1)
					}
				default:
					t.Fatalf("%s: got %v", bad, err)
				}
			}
		}
	}
}
