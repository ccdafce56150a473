package address_test

import (
	"encoding/hex"
	"strings"
	"testing"

	btcaddress "github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/txscript/v2"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/fault"
)

// good are addresses with their scripts: of BIP 13, BIP 16, BIP 84, BIP 86,
// BIP 141, BIP 173, BIP 350 and of the addresses that everybody knows.
var good = []struct {
	network      address.Network
	text, script string
}{
	{address.Mainnet, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac"},
	{address.Mainnet, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", ""},
	{address.Mainnet, "1DXFn72VHrXRVYJTTxjbmNXyXpYXmgiWfw", ""},
	{address.Mainnet, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", ""},
	{address.Mainnet, "1111111111111111111114oLvT2", "76a914000000000000000000000000000000000000000088ac"},
	{address.Mainnet, "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", ""},
	{address.Mainnet, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
	{address.Mainnet, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
	{address.Mainnet, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"},
	{address.Mainnet, "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6"},
	{address.Mainnet, "BC1SW50QGDZ25J", "6002751e"},
	{address.Mainnet, "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"},
	{address.Mainnet, "bc1pfeessrawgf", "51024e73"},
	{address.Testnet4, "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", ""},
	{address.Testnet4, "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc", ""},
	{address.Testnet4, "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy", "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
	{address.Testnet4, "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"},
	{address.Testnet4, "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"},
	{address.Signet, "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
	{address.Signet, "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", ""},
	{address.Regtest, "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", ""},
	{address.Regtest, "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "0014751e76e8199196d454941c45d1b3a323f1433bd6"},
}

func TestParse(t *testing.T) {
	for _, tt := range good {
		a, err := address.Parse(tt.text, tt.network)
		if err != nil {
			t.Errorf("%s on %s: %v", tt.text, tt.network, err)
			continue
		}
		want := tt.text
		if want == strings.ToUpper(want) {
			want = strings.ToLower(want)
		}
		if a.String() != want || a.IsZero() {
			t.Errorf("%s: got %s", tt.text, a)
		}
		if got := hex.EncodeToString(a.Script()); tt.script != "" && got != tt.script {
			t.Errorf("%s: script %s, want %s", tt.text, got, tt.script)
		}
		sameAsBTCD(t, a, tt.network)
	}
}

// sameAsBTCD compares an address with what btcd makes of it. btcd knows no
// witness versions after 1 and no odd lengths, so silence is no disagreement.
func sameAsBTCD(t *testing.T, a address.Address, n address.Network) {
	t.Helper()
	params, _ := n.Params()
	theirs, err := btcaddress.DecodeAddress(a.String(), params)
	if err != nil {
		return
	}
	script, err := txscript.PayToAddrScript(theirs)
	if err != nil || string(script) != string(a.Script()) || theirs.EncodeAddress() != a.String() || !theirs.IsForNet(params) {
		t.Errorf("%s: btcd says %s, script %x, %v; we say %x", a, theirs, script, err, a.Script())
	}
}

func TestParseRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, phrase string }{
		"nothing":                                     {"", "address.invalid"},
		"a word":                                      {"bob", "address.invalid"},
		"a long word":                                 {strings.Repeat("1", 100_000), "address.invalid"},
		"broken text":                                 {"\xff\xfe", "address.invalid"},
		"spaces around":                               {" 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "address.invalid"},
		"base58 with a typing error":                  {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "address.mistyped"},
		"base58 with a letter less":                   {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN", "address.mistyped"},
		"base58 in lower case":                        {"1a1zp1ep5qgefi2dmptftl5slmv7divfna", "address.invalid"}, // l is no base58
		"base58 in another case":                      {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfnA", "address.mistyped"},
		"a private key":                               {"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "address.invalid"},
		"an extended key":                             {"xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8", "address.invalid"},
		"a public key":                                {"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "address.invalid"},
		"a litecoin address":                          {"LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", "address.invalid"},
		"a litecoin segwit address":                   {"ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "address.invalid"},
		"an address of the simulation network":        {"sb1qw508d6qejxtdg4y5r3zarvary0c5xw7k3gpxss", "address.invalid"},
		"bech32 with a typing error":                  {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "address.mistyped"},
		"bech32 in two cases":                         {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8F3t4", "address.misplaced"},
		"version 17 (BIP 350)":                        {"BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "address.invalid"},
		"a program of one byte (BIP 350)":             {"bc1pw5dgrnzv", "address.invalid"},
		"a program of 41 bytes (BIP 350)":             {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", "address.invalid"},
		"version 0 of 16 bytes (BIP 350)":             {"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "address.invalid"},
		"bech32 for version 1 (BIP 350)":              {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "address.invalid"},
		"bech32 for version 2 (BIP 350)":              {"tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf", "address.invalid"},
		"bech32 for version 16 (BIP 350)":             {"BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", "address.invalid"},
		"bech32m for version 0 (BIP 350)":             {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "address.invalid"},
		"bech32m for version 0 of 32 bytes (BIP 350)": {"tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", "address.invalid"},
		"a character that bech32 has not (BIP 350)":   {"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "address.misplaced"},
		"mixed case (BIP 350)":                        {"tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", "address.misplaced"},
		"another human-readable part (BIP 350)":       {"tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", "address.invalid"},
		"a whole character of padding (BIP 350)":      {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", "address.invalid"},
		"padding that is not zero (BIP 350)":          {"tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", "address.invalid"},
		"no program at all (BIP 350)":                 {"bc1gmk9yu", "address.invalid"},
		"an invoice":                                  {"lnbc100n1p0n9z4wpp5", "address.invalid"},
		"a payment URI":                               {"bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "address.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range address.Networks {
				a, err := address.Parse(tt.text, n)
				if f := fault.Of(err); f.Kind != fault.Invalid || f.Phrase != tt.phrase || !a.IsZero() {
					t.Errorf("on %s: got %v, %v; want %s", n, a, err, tt.phrase)
				}
			}
		})
	}
}

func TestParseRefusesOtherNetworks(t *testing.T) {
	for _, tt := range []struct {
		text  string
		on    address.Network
		other string
	}{
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", address.Regtest, "mainnet"},
		{"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", address.Signet, "mainnet"},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", address.Testnet4, "mainnet"},
		{"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", address.Testnet4, "mainnet"},
		{"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", address.Mainnet, "testnet"},
		{"2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc", address.Mainnet, "testnet"},
		{"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", address.Mainnet, "testnet"},
		{"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", address.Regtest, "testnet"},
		{"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", address.Mainnet, "regtest"},
		{"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "nonet", "regtest"},
	} {
		_, err := address.Parse(tt.text, tt.on)
		f := fault.Of(err)
		if f.Phrase != "address.other-network" || f.Args["other"] != tt.other || f.Args["network"] != string(tt.on) || f.Args["address"] != tt.text {
			t.Errorf("%s on %s: got %v", tt.text, tt.on, err)
		}
	}
}
