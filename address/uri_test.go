package address_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

const (
	satoshi = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
	segwit  = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
	taproot = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
)

func TestParseURI(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want string // as it is written again
	}{
		"an address":                       {"bitcoin:" + satoshi, ""},
		"a label":                          {"bitcoin:" + satoshi + "?label=Luke-Jr", ""},
		"an amount":                        {"bitcoin:" + satoshi + "?amount=20.3&label=Luke-Jr", ""},
		"a message":                        {"bitcoin:" + satoshi + "?amount=50&label=Luke-Jr&message=Donation%20for%20project%20xyz", ""},
		"order does not count":             {"bitcoin:" + satoshi + "?message=m&amount=0.5", "bitcoin:" + satoshi + "?amount=0.5&message=m"},
		"unknown keys are passed over":     {"bitcoin:" + satoshi + "?somethingyoudontunderstand=50&somethingelse=9&x", "bitcoin:" + satoshi},
		"unknown keys may be repeated":     {"bitcoin:" + satoshi + "?x=1&x=2", "bitcoin:" + satoshi},
		"capitals of a QR code":            {"BITCOIN:" + strings.ToUpper(segwit) + "?AMOUNT=0.0002&LIGHTNING=LNBC1", "bitcoin:" + segwit + "?amount=0.0002&lightning=LNBC1"},
		"an invoice only":                  {"bitcoin:?lightning=lnbc420bogusinvoice", ""},
		"an offer only":                    {"bitcoin:?lno=lno1bogusoffer", ""},
		"all at once":                      {"bitcoin:" + segwit + "?amount=0.0002&lightning=lnbc1&lno=lno1", ""},
		"the first invoice counts":         {"bitcoin:?lightning=lnbc1&lightning=lnbc2", "bitcoin:?lightning=lnbc1"},
		"an address under its prefix":      {"bitcoin:?bc=" + segwit, "bitcoin:" + segwit},
		"the first of two counts":          {"BITCOIN:?BC=" + strings.ToUpper(taproot) + "&BC=" + strings.ToUpper(segwit), "bitcoin:" + taproot},
		"the body comes before the prefix": {"bitcoin:" + segwit + "?bc=" + taproot, "bitcoin:" + segwit},
		"a silent payment with a fallback": {"bitcoin:" + segwit + "?sp=sp1qsilentpayment", "bitcoin:" + segwit},
		"a pop that is not required":       {"bitcoin:" + segwit + "?pop=callback%3a", "bitcoin:" + segwit},
		"a plus is a plus":                 {"bitcoin:" + segwit + "?label=1+1", "bitcoin:" + segwit + "?label=1%2B1"},
		"an equals sign in a value":        {"bitcoin:" + segwit + "?label=a=b", "bitcoin:" + segwit + "?label=a%3Db"},
		"letters of the world":             {"bitcoin:" + segwit + "?label=caf%C3%A9", ""},
		"letters of the world as they are": {"bitcoin:" + segwit + "?label=café", "bitcoin:" + segwit + "?label=caf%C3%A9"},
		"empty values":                     {"bitcoin:" + segwit + "?label=&message=&&", "bitcoin:" + segwit},
		"an empty query":                   {"bitcoin:" + segwit + "?", "bitcoin:" + segwit},
		"half an amount":                   {"bitcoin:" + segwit + "?amount=.5", "bitcoin:" + segwit + "?amount=0.5"},
		"a whole amount with a dot":        {"bitcoin:" + segwit + "?amount=50.", "bitcoin:" + segwit + "?amount=50"},
		"an amount with zeros":             {"bitcoin:" + segwit + "?amount=00.0002000000000", "bitcoin:" + segwit + "?amount=0.0002"},
		"a millisatoshi":                   {"bitcoin:" + segwit + "?amount=0.00000000001", ""},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := address.ParseURI(tt.text, address.Mainnet)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" {
				tt.want = tt.text
			}
			if got := u.String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseURIRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, phrase string }{
		"nothing":                      {"", "uri.syntax"},
		"half a scheme":                {"bitcoin", "uri.syntax"},
		"another scheme":               {"lightning:lnbc1", "uri.syntax"},
		"an address":                   {segwit, "uri.syntax"},
		"the scheme only":              {"bitcoin:", "uri.nothing"},
		"an amount of nothing":         {"bitcoin:?amount=1", "uri.nothing"},
		"a silent payment only":        {"bitcoin:?sp=sp1qsilentpayment", "uri.nothing"},
		"an empty invoice":             {"bitcoin:?lightning=", "uri.nothing"},
		"an address of another net":    {"bitcoin:tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "address.other-network"},
		"another prefix only":          {"bitcoin:?tb=tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "uri.nothing"},
		"no address":                   {"bitcoin:bob", "address.invalid"},
		"no address, with an invoice":  {"bitcoin:bob?lightning=lnbc1", "address.invalid"},
		"slashes":                      {"bitcoin://" + segwit, "address.invalid"},
		"something required":           {"bitcoin:" + segwit + "?req-somethingyoudontunderstand=50", "uri.required"},
		"something required, capitals": {"bitcoin:" + segwit + "?REQ-POP=x", "uri.required"},
		"something required, bare":     {"bitcoin:" + segwit + "?req-", "uri.required"},
		"two amounts":                  {"bitcoin:" + segwit + "?amount=1&amount=2", "uri.repeated"},
		"two amounts in two cases":     {"bitcoin:" + segwit + "?amount=1&AMOUNT=1", "uri.repeated"},
		"two labels":                   {"bitcoin:" + segwit + "?label=a&label=b", "uri.repeated"},
		"two messages":                 {"bitcoin:" + segwit + "?message=&message=b", "uri.repeated"},
		"an amount with a comma":       {"bitcoin:" + segwit + "?amount=50,000.00", "uri.amount"},
		"an amount with an exponent":   {"bitcoin:" + segwit + "?amount=1e-8", "uri.amount"},
		"an amount with a unit":        {"bitcoin:" + segwit + "?amount=1btc", "uri.amount"},
		"no amount":                    {"bitcoin:" + segwit + "?amount=", "uri.amount"},
		"a dot":                        {"bitcoin:" + segwit + "?amount=.", "uri.amount"},
		"zero":                         {"bitcoin:" + segwit + "?amount=0", "uri.amount"},
		"less than zero":               {"bitcoin:" + segwit + "?amount=-1", "uri.amount"},
		"too fine":                     {"bitcoin:" + segwit + "?amount=0.000000000001", "uri.amount"},
		"too much":                     {"bitcoin:" + segwit + "?amount=21000000.00000001", "uri.amount"},
		"too much for 64 bits":         {"bitcoin:" + segwit + "?amount=18446744073709551617", "uri.amount"},
		"half an escape":               {"bitcoin:" + segwit + "?label=%4", "uri.syntax"},
		"no escape":                    {"bitcoin:" + segwit + "?label=%zz", "uri.syntax"},
		"broken text":                  {"bitcoin:" + segwit + "?label=%ff", "uri.syntax"},
		"a fragment":                   {"bitcoin:" + segwit + "#x", "uri.syntax"},
		"a space":                      {"bitcoin:" + segwit + "?label=a b", "uri.syntax"},
		"a long one":                   {"bitcoin:" + segwit + "?label=" + strings.Repeat("a", 9000), "uri.syntax"},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := address.ParseURI(tt.text, address.Mainnet)
			if f := fault.Of(err); f.Kind != fault.Invalid || f.Phrase != tt.phrase || u != (address.URI{}) {
				t.Errorf("got %v, %v; want %s", u, err, tt.phrase)
			}
		})
	}
}

func TestBuildURI(t *testing.T) {
	for want, got := range map[string]string{
		"bitcoin:" + segwit:                                 address.BuildURI(segwit, 0, ""),
		"bitcoin:" + segwit + "?amount=0.0002":              address.BuildURI(segwit, 20_000*amount.Sat, ""),
		"bitcoin:" + segwit + "?amount=1&label=for%20beer":  address.BuildURI(segwit, amount.BTC, "for beer"),
		"bitcoin:" + segwit + "?label=a%26amount%3D9%23%3F": address.BuildURI(segwit, 0, "a&amount=9#?"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzURI(f *testing.F) {
	for _, seed := range []string{
		"bitcoin:" + satoshi + "?amount=50&label=Luke-Jr&message=Donation%20for%20project%20xyz",
		"BITCOIN:" + strings.ToUpper(segwit) + "?AMOUNT=0.0002&LIGHTNING=LNBC1&LNO=X&REQ-X=1",
		"bitcoin:?bc=" + taproot + "&lightning=a%26b&label=%F0%9F%8D%BA+&&=&amount=.5",
		"bitcoin:?sp=1", "bitcoin:%31", "bitcoin:" + segwit + "?=x&amount=1&amount",
	} {
		f.Add(seed, "label & more=", int64(5000))
	}
	f.Fuzz(func(t *testing.T, text, label string, sats int64) {
		u, err := address.ParseURI(text, address.Mainnet)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v", text, err)
			}
		} else {
			again, err := address.ParseURI(u.String(), address.Mainnet)
			if len(u.String()) < 8000 && (err != nil || again != u) {
				t.Fatalf("%q is %#v, written %s, and then %#v, %v", text, u, u, again, err)
			}
		}
		// What we build says what we meant, whatever a label holds.
		m := amount.FromSats(sats & (1<<40 - 1))
		label = strings.ToValidUTF8(label, "")
		built := address.BuildURI(segwit, m, label)
		u, err = address.ParseURI(built, address.Mainnet)
		if len(built) < 8000 && (err != nil || u.Address.String() != segwit || u.Amount != m || u.Label != label || u.Message+u.Lightning+u.Offer != "") {
			t.Fatalf("%s is read as %#v, %v", built, u, err)
		}
	})
}
