package lightning_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// FuzzJournal reads anything as a journal. Nothing is paid or has come without
// its proof, and what was read is read the same again, whatever is torn behind.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(told()))
	f.Add([]byte(told()[:len(told())-5]))
	f.Add([]byte(birth + birth))
	f.Add([]byte("{}\n"))
	f.Add([]byte(birth + line("begun", 1, `,"msat":5e3`) + "\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		paid, receipts, end, err := lightning.ParseJournal(text)
		if end > len(text) || end > 0 && text[end-1] != '\n' {
			t.Fatalf("%d of %d bytes", end, len(text))
		}
		if err != nil {
			return
		}
		for _, o := range paid {
			if (o.State == lightning.Succeeded) != (o.Preimage.Hash() == o.Hash) || o.Amount <= 0 || o.Amount > amount.Max || o.Fee != 0 {
				t.Errorf("got %+v", o)
			}
		}
		last, met := uint64(0), map[lightning.Hash]bool{}
		for _, r := range receipts {
			if r.Preimage.Hash() != r.Hash || r.SettleIndex <= last || met[r.Hash] || r.Amount <= 0 || r.Amount > amount.Max {
				t.Errorf("got %+v after %d", r, last)
			}
			last, met[r.Hash] = r.SettleIndex, true
		}
		if bytes.IndexByte(text[end:], '\n') >= 0 {
			t.Errorf("a whole line is left: %q", text[end:])
		}
		again, more, same, err := lightning.ParseJournal(append(bytes.Clone(text[:end]), "{torn"...))
		if err != nil || same != end || len(again) != len(paid) || len(more) != len(receipts) {
			t.Errorf("again: %d, %d, %d (%v)", len(again), len(more), same, err)
		}
	})
}

// FuzzDecoded reads anything as an invoice that has to be verified. What is
// read says what the scan of it says, and in either case the same.
func FuzzDecoded(f *testing.F) {
	for _, s := range real {
		f.Add(s)
	}
	f.Add(lost(f, "bcrt", 1000))
	f.Add(billOf(f, 1, 1000, expiresIn(60)).Invoice)
	f.Fuzz(func(t *testing.T, text string) {
		for _, network := range []string{"mainnet", "testnet4", "regtest"} {
			inv, err := lightning.Decoded(network, text)
			if err != nil {
				continue
			}
			lower, hash, err := lightning.ScanFor(network, text)
			if err != nil || lower != inv.Text || hash != inv.Hash {
				t.Errorf("scanned as %v %q (%v), read as %+v", hash, lower, err, inv)
			}
			if len(inv.Payee) != 66 || inv.Amount < 0 || inv.Amount > amount.Max || inv.Expires.Before(inv.Created) || inv.MinFinalCLTV < 0 {
				t.Errorf("got %+v", inv)
			}
			other, err := lightning.Decoded(network, strings.ToUpper(text))
			if err != nil || other.Payee != inv.Payee || other.Amount != inv.Amount {
				t.Errorf("in capitals: %+v (%v)", other, err)
			}
		}
	})
}
