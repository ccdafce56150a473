package bolt11_test

import (
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/bolt11"
)

// example is one of BOLT 11.
type example struct {
	title, text string
	valid       bool
}

func examples(t testing.TB) (all []example) {
	t.Helper()
	page, err := os.ReadFile("testdata/examples.txt")
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(strings.TrimSpace(string(page)), "\n\n") {
		head, text, _ := strings.Cut(part, "\n")
		if kind, title, _ := strings.Cut(head, ": "); kind == "valid" || kind == "invalid" {
			all = append(all, example{title, text, kind == "valid"})
		}
	}
	if len(all) != 26 {
		t.Fatalf("%d examples", len(all))
	}
	return all
}

// signer has signed the examples.
const signer = "03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad"

// odd are the examples that are not read as BOLT 11 has them, and why.
var odd = map[string]string{
	"Same, but including fields which must be ignored.": "its requirements fail a field of the wrong length, and so do we",
	"Same, but adding invalid unknown feature 100":      "features are for who pays",
}

func TestTheExamples(t *testing.T) {
	for _, e := range examples(t) {
		i, err := bolt11.Parse(e.text)
		if want := e.valid != (odd[e.title] != ""); (err == nil) != want || err != nil && !errors.Is(err, bolt11.ErrInvalid) {
			t.Errorf("%s: got %v", e.title, err)
			continue
		}
		// Of a high S comes another key (BOLT 11, "Public-key recovery with high-S").
		if err == nil && !strings.Contains(e.title, "high-S") && i.Payee != signer {
			t.Errorf("%s: signed by %s", e.title, i.Payee)
		}
	}
}

func TestWhatTheExamplesSay(t *testing.T) {
	const usual = "0001020304050607080900010203040506070809000102030405060708090102"
	const list = "3925b6f67e2c340036ed12093dd44e0368df1b6ea26c53dbe4811f58fd5db8c1"
	for begins, want := range map[string]struct {
		network           string
		msat              int64
		hash, description string
		descriptionHash   string
		created, expiry   time.Duration
		finalCLTV         int64
	}{
		"Please make a donation":             {"bc", 0, usual, "Please consider supporting this project", "", 1496314658, time.Hour, 18},
		"Please send $3 for a cup":           {"bc", 250_000_000, usual, "1 cup coffee", "", 1496314658, time.Minute, 18},
		"Please send 0.0025 BTC":             {"bc", 250_000_000, usual, "ナンセンス 1杯", "", 1496314658, time.Minute, 18},
		"Now send $24":                       {"bc", 2_000_000_000, usual, "", list, 1496314658, time.Hour, 18},
		"The same, on testnet":               {"tb", 2_000_000_000, usual, "", list, 1496314658, time.Hour, 18},
		"Please send 0.00967878534 BTC":      {"bc", 967_878_534, "462264ede7e14047e9b249da94fefc47f41f7d02ee9b091815a5506bc8abf75f", "Blockstream Store: 88.85 USD for Blockstream Ledger Nano S x 1, \"Back In My Day\" Sticker x 2, \"I Got Lightning Working\" Sticker x 2 and 1 more items", "", 1572468703, 604800 * time.Second, 10},
		"Same, but all upper case":           {"bc", 2_500_000_000, usual, "coffee beans", "", 1496314658, time.Hour, 18},
		"Please send 0.01 BTC with payment ": {"bc", 1_000_000_000, usual, "payment metadata inside", "", 1496314658, time.Hour, 18},
	} {
		found := false
		for _, e := range examples(t) {
			if !strings.HasPrefix(e.title, begins) {
				continue
			}
			found = true
			i, err := bolt11.Parse(e.text)
			if err != nil || i.Network != want.network || i.Msat != want.msat || hex.EncodeToString(i.Hash[:]) != want.hash || i.Description != want.description ||
				hex.EncodeToString(i.DescriptionHash) != want.descriptionHash || i.Created.Unix() != int64(want.created) || i.Expiry != want.expiry ||
				i.FinalCLTV != want.finalCLTV || i.Text != strings.ToLower(e.text) || !i.Expires().Equal(i.Created.Add(i.Expiry)) {
				t.Errorf("%s: got %+v (%v)", begins, i, err)
			}
		}
		if !found {
			t.Errorf("no example %q", begins)
		}
	}
}

// Who asks a node next is told no more than that it is an invoice, and of whom.
func TestParseUnverified(t *testing.T) {
	for _, e := range examples(t) {
		whole, err := bolt11.Parse(e.text)
		i, loose := bolt11.ParseUnverified(e.text)
		if err == nil && loose != nil {
			t.Errorf("%s: %v", e.title, loose)
		}
		if whole.Payee = ""; err == nil && (i.Hash != whole.Hash || i.Msat != whole.Msat || i.Payee != "") {
			t.Errorf("%s: got %+v, want %+v", e.title, i, whole)
		}
	}
	for _, e := range examples(t) {
		if i, err := bolt11.ParseUnverified(e.text); strings.Contains(e.title, "not recoverable") && (err != nil || i.Msat != 250_000_000) {
			t.Errorf("a bad signature: got %+v (%v)", i, err)
		}
	}
}
