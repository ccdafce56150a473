package lightning_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"

	"github.com/bitcoim/bitcoim/lightning"
)

// invoices that are crafted, and whether they are good. A field of the wrong
// length, which nodes leave out, is not: who reads it otherwise would be
// surprised.
func crafted(t testing.TB) map[string]struct {
	text string
	good bool
} {
	d := sha256.Sum256([]byte("a long story"))
	story := field{23, fiveBits(d[:])}
	payee := func(key []byte) field { return field{19, fiveBits(key)} }
	with := func(fields ...field) string {
		return craft(t, "lnbcrt10n", append([]field{hashField(), secretField(), features}, fields...)...)
	}
	return map[string]struct {
		text string
		good bool
	}{
		"with a description":         {with(memo("tea")), true},
		"with an empty description":  {with(memo("")), true},
		"with the hash of one":       {with(story), true},
		"with an expiry":             {with(memo("tea"), expiresIn(60)), true},
		"with blocks":                {with(memo("tea"), field{24, []byte{2, 16}}), true},
		"with a field of tomorrow":   {with(memo("tea"), field{2, []byte{1, 2, 3}}), true},
		"of a thousandth of a msat":  {craft(t, "lnbcrt10p", hashField(), secretField(), memo("tea"), features), true},
		"of whole bitcoins":          {craft(t, "lnbcrt2", hashField(), secretField(), memo("tea"), features), true},
		"of a tenth of a msat":       {craft(t, "lnbcrt11p", hashField(), secretField(), memo("tea"), features), false},
		"with both":                  {with(memo("tea"), story), false},
		"with neither":               {with(), false},
		"without a hash":             {craft(t, "lnbcrt10n", secretField(), memo("tea"), features), false},
		"in no language":             {with(memo("\xff\xfe")), false},
		"with half a hash of a text": {with(field{23, fiveBits(d[:16])}), false},
		"with an expiry of ages":     {with(memo("tea"), field{6, bytes.Repeat([]byte{31}, 12)}), false},
		"with another's key":         {with(memo("tea"), payee(append([]byte{2}, d[:]...))), false},
		"with a key that is none":    {with(memo("tea"), payee(bytes.Repeat([]byte{255}, 33))), false},
		"with half a key":            {with(memo("tea"), payee(d[:16])), false},
	}
}

// readers compares our reading with a node's. What we read, it reads the same;
// what is good we read.
func readers(t *testing.T, node lightning.Node) {
	all := crafted(t)
	for name, tt := range all {
		t.Run(name, func(t *testing.T) {
			ours, err := lightning.Decoded("regtest", tt.text)
			if (err == nil) != tt.good || err != nil && !errors.Is(err, lightning.ErrBadInvoice) {
				t.Fatalf("read as %+v (%v)", ours, err)
			}
			theirs, err := node.Decode(t.Context(), tt.text)
			if !tt.good {
				return
			}
			// Where an invoice says nothing, BOLT 11 means 18 blocks; a node may be
			// more careful, as LND is since 0.21.
			blocks := ours.MinFinalCLTV == theirs.MinFinalCLTV || ours.MinFinalCLTV == 18 && theirs.MinFinalCLTV > 18
			times := ours.Created.Equal(theirs.Created) && ours.Expires.Equal(theirs.Expires)
			if err != nil || !times || ours.Hash != theirs.Hash || ours.Payee != theirs.Payee || ours.Amount != theirs.Amount || ours.Text != theirs.Text ||
				ours.Description != theirs.Description || !bytes.Equal(ours.DescriptionHash, theirs.DescriptionHash) || !blocks {
				t.Errorf("we read %+v, the node %+v (%v)", ours, theirs, err)
			}
		})
	}
}

// The examples of BOLT 11 are signed by one key.
func TestTheSignerOfTheExamples(t *testing.T) {
	const want = "03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad"
	for i, network := range []string{"mainnet", "mainnet", "testnet4"} {
		inv, err := lightning.Decoded(network, real[i])
		if err != nil || inv.Payee != want {
			t.Errorf("example %d: got %+v (%v)", i, inv, err)
		}
	}
	cup, err := lightning.Decoded("mainnet", real[1])
	if err != nil || cup.Description != "1 cup coffee" || cup.Amount != 250_000_000 || cup.Expires.Sub(cup.Created) != time.Minute {
		t.Errorf("got %+v (%v)", cup, err)
	}
}

// One letter anywhere, and a good checksum for it: the signature tells, as far
// as there is a key to compare with.
func TestAnInvoiceWhoseLettersWereChanged(t *testing.T) {
	text := billOf(t, 1, 1000).Invoice
	was, err := lightning.Decoded("regtest", text)
	if err != nil {
		t.Fatal(err)
	}
	split := strings.LastIndexByte(text, '1')
	for i := split + 1; i < len(text)-6; i++ {
		data := make([]byte, 0, len(text))
		for _, c := range text[split+1 : len(text)-6] {
			data = append(data, byte(strings.IndexRune(letters, c)))
		}
		data[i-split-1] ^= 1
		var forged strings.Builder
		forged.WriteString(text[:split+1])
		for _, v := range append(data, checksum(text[:split], data)...) {
			forged.WriteByte(letters[v])
		}
		if inv, err := lightning.Decoded("regtest", forged.String()); err == nil && inv.Payee == was.Payee {
			t.Errorf("letter %d: still of %s", i, inv.Payee)
		}
	}
}

// signedBy is an invoice that names its payee, and is signed by a key.
func signedBy(t testing.TB, key *btcec.PrivateKey, payee []byte) string {
	t.Helper()
	const head = "lnbcrt10n"
	data := []byte{1, 18, 26, 5, 0, 0, 0} // some day
	for _, f := range []field{hashField(), secretField(), memo("tea"), {19, fiveBits(payee)}, features} {
		data = append(append(data, f.tag, byte(len(f.data)>>5), byte(len(f.data)&31)), f.data...)
	}
	hash := sha256.Sum256(append([]byte(head), eightBits(data)...))
	compact := ecdsa.SignCompact(key, hash[:], true)
	data = append(data, fiveBits(append(bytes.Clone(compact[1:]), compact[0]-31))...)
	text := []byte(head + "1")
	for _, v := range append(data, checksum(head, data)...) {
		text = append(text, letters[v])
	}
	return string(text)
}

func TestAPayeeThatIsNamed(t *testing.T) {
	own, other := key(t), key(t)
	for name, tt := range map[string]struct {
		named *btcec.PrivateKey
		good  bool
	}{"who signed": {own, true}, "somebody else": {other, false}} {
		payee := tt.named.PubKey().SerializeCompressed()
		inv, err := lightning.Decoded("regtest", signedBy(t, own, payee))
		if (err == nil) != tt.good || tt.good && inv.Payee != hex.EncodeToString(payee) {
			t.Errorf("%s: got %+v (%v)", name, inv, err)
		}
	}
}

func key(t testing.TB) *btcec.PrivateKey {
	t.Helper()
	k, err := btcec.NewPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What leaves the amount open is refused, which is not to call it bad.
func TestAnInvoiceThatLeavesTheAmountOpen(t *testing.T) {
	node, _, err := reads(t, birth)
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	text := craft(t, "lnbcrt", hashField(), secretField(), memo("as you like"), features)
	if inv, err := node.Decode(t.Context(), text); !errors.Is(err, lightning.ErrRefused) || errors.Is(err, lightning.ErrBadInvoice) {
		t.Errorf("got %+v (%v)", inv, err)
	}
}

func TestOpenMoneysocket(t *testing.T) {
	dir := t.TempDir()
	good := lightning.Config{Kind: "moneysocket", Network: "mainnet", Beacon: nobody(), Journal: dir + "/journal"}
	for name, tt := range map[string]struct {
		change func(*lightning.Config)
		good   bool
	}{
		"as it should be":            {func(*lightning.Config) {}, true},
		"with the payee":             {func(c *lightning.Config) { c.PubKey = strings.Repeat("02", 33) }, true},
		"no beacon":                  {func(c *lightning.Config) { c.Beacon = "" }, false},
		"a beacon with a letter off": {func(c *lightning.Config) { c.Beacon = c.Beacon[:40] + "b" + c.Beacon[41:] }, false},
		"no journal":                 {func(c *lightning.Config) { c.Journal = "" }, false},
		"a journal in no folder":     {func(c *lightning.Config) { c.Journal = dir + "/none/journal" }, false},
		"a journal that is a folder": {func(c *lightning.Config) { c.Journal = dir }, false},
		"no network":                 {func(c *lightning.Config) { c.Network = "" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			node, err := lightning.Open(t.Context(), cfg)
			if (err == nil) != tt.good {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				if err := node.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			if cfg.Beacon != "" && strings.Contains(err.Error(), cfg.Beacon[20:40]) {
				t.Errorf("the beacon is told: %v", err)
			}
		})
	}
}
