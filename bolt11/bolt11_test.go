package bolt11_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/bolt11"
)

// again is the first example with another human-readable part, and the checksum for it.
func again(t testing.TB, head string) string {
	t.Helper()
	_, groups, err := bech32.DecodeNoLimit(examples(t)[0].text)
	if err != nil {
		t.Fatal(err)
	}
	return encoded(t, head, groups)
}

func encoded(t testing.TB, head string, groups []byte) string {
	t.Helper()
	text, err := bech32.Encode(head, groups)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAmounts(t *testing.T) {
	for head, want := range map[string]int64{
		"lnbc25n": 2500, "lnbc": 0, "lnbcrt1m": 100_000_000, "lnbc2500u": 250_000_000, "lnbc10p": 1, "lnbc1": 100_000_000_000,
		"lnbc21000000": 2_100_000_000_000_000_000, "lntbs20p": 2,
	} {
		if i, err := bolt11.ParseUnverified(again(t, head)); err != nil || i.Msat != want || !strings.HasPrefix(head, "ln"+i.Network) {
			t.Errorf("%s: got %d msat on %s (%v), want %d", head, i.Msat, i.Network, err, want)
		}
	}
	for name, head := range map[string]string{
		"a part of a msat": "lnbc1p", "more than there is": "lnbc21000001", "much more": "lnbc999999999999m", "more digits than needed": "lnbc1000000000000p",
		"a zero in front": "lnbc025n", "no digits": "lnbc1x", "another multiplier": "lnbc25k", "two multipliers": "lnbc25mn", "a sign": "lnbc2-5n",
		"another protocol": "xxbc25n", "no network": "ln25n", "nothing": "ln", "a path": "lnbc/../25n", "a capital on the way": "lnb/c",
	} {
		if i, err := bolt11.ParseUnverified(again(t, head)); !errors.Is(err, bolt11.ErrInvalid) {
			t.Errorf("%s: got %+v (%v)", name, i, err)
		}
	}
}

// A field that is known comes once, and whole.
func TestFields(t *testing.T) {
	hash, text := append([]byte{1, 1, 20}, make([]byte, 52)...), []byte{13, 0, 0}
	for name, tt := range map[string]struct {
		fields []byte
		good   bool
	}{
		"a hash":                    {hash, true},
		"a hash and a text":         {bytes.Join([][]byte{hash, text}, nil), true},
		"what is not known, twice":  {bytes.Join([][]byte{hash, {2, 0, 1, 7}, {2, 0, 1, 8}}, nil), true},
		"routes, twice":             {bytes.Join([][]byte{hash, {3, 0, 1, 7}, {3, 0, 1, 8}}, nil), true},
		"an expiry":                 {bytes.Join([][]byte{hash, {6, 0, 2, 1, 28}}, nil), true},
		"an expiry of ages":         {bytes.Join([][]byte{hash, {6, 0, 12}, bytes.Repeat([]byte{31}, 12)}, nil), false},
		"an expiry beyond an int64": {bytes.Join([][]byte{hash, {6, 0, 13}, make([]byte, 13)}, nil), false},
		"blocks beyond an int64":    {bytes.Join([][]byte{hash, {24, 0, 13}, make([]byte, 13)}, nil), false},
		"two hashes":                {bytes.Join([][]byte{hash, hash}, nil), false},
		"two texts":                 {bytes.Join([][]byte{hash, text, text}, nil), false},
		"two expiries":              {bytes.Join([][]byte{hash, {6, 0, 1, 1}, {6, 0, 1, 2}}, nil), false},
		"no hash":                   {text, false},
		"nothing":                   {nil, false},
		"a short hash":              {append([]byte{1, 1, 19}, make([]byte, 51)...), false},
		"a hash with more bits":     {append([]byte{1, 1, 20}, bytes.Repeat([]byte{31}, 52)...), false},
		"a secret that is short":    {bytes.Join([][]byte{hash, {16, 0, 1, 1}}, nil), false},
		"a text that is none":       {bytes.Join([][]byte{hash, {13, 0, 2, 31, 28}}, nil), false},
		"a field that is cut":       {hash[:30], false},
		"a head that is cut":        {bytes.Join([][]byte{hash, {13, 0}}, nil), false},
	} {
		groups := append(append(make([]byte, 7), tt.fields...), make([]byte, 104)...)
		i, err := bolt11.ParseUnverified(encoded(t, "lnbcrt", groups))
		if (err == nil) != tt.good {
			t.Errorf("%s: got %+v (%v)", name, i, err)
		}
		if _, err := bolt11.Parse(encoded(t, "lnbcrt", groups)); err == nil {
			t.Errorf("%s: nobody has signed it", name)
		}
	}
}

func TestWhatIsNoInvoice(t *testing.T) {
	good := examples(t)[0].text
	m, _ := bech32.EncodeM("lnbc", make([]byte, 200))
	for name, text := range map[string]string{
		"nothing": "", "a letter off": strings.Replace(good, "pvjl", "pvjq", 1), "cut off": good[:100], "half in capitals": strings.ToUpper(good[:9]) + good[9:],
		"of bech32m": m, "too long": strings.Repeat("q", bolt11.MaxLength+1), "in other letters": "lnbc1é" + good, "too short": encoded(t, "lnbc", make([]byte, 110)),
	} {
		if i, err := bolt11.ParseUnverified(text); !errors.Is(err, bolt11.ErrInvalid) {
			t.Errorf("%s: got %+v (%v)", name, i, err)
		}
	}
}

func TestOfNetwork(t *testing.T) {
	networks := []string{"mainnet", "testnet4", "signet", "regtest", "simnet"}
	for text, want := range map[string]string{
		"lnbc1pjq": "mainnet", "lnbc2500u1pjq": "mainnet", "LNBC20M1PJQ": "mainnet", "lntb20u1pjq": "testnet4", "lntbs1pjq": "signet",
		"lntbs20u1pjq": "signet", "lnbcrt1pjq": "regtest", "lnbcrt20u1pjq": "regtest", "lnsb1pjq": "simnet",
		"lnbcx1pjq": "", "lnbc": "", "": "", "ln1pjq": "", "lightning:lnbc1p": "",
	} {
		for _, n := range networks {
			if got := bolt11.OfNetwork(text, n); got != (n == want) {
				t.Errorf("%s on %s: got %v", text, n, got)
			}
		}
	}
	if bolt11.OfNetwork("ln1pjq", "") || bolt11.Prefix("") != "" {
		t.Error("no network has invoices")
	}
}
