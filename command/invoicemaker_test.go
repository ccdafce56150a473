package command_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/btcsuite/btcd/address/v2/bech32"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"

	"github.com/bitcoim/bitcoim/lightning"
)

// strangersKey signs the invoices of a node that nobody can reach.
var strangersKey, _ = btcec.PrivKeyFromBytes([]byte("a stranger that signs invoices.."))

// bill is what a stranger's invoice says (BOLT 11).
type bill struct {
	prefix   string // "bcrt" if it is ""
	msat     int64  // 0: the payer chooses
	hash     lightning.Hash
	memo     string
	memoHash []byte
	made     time.Time
	lasts    time.Duration
	cltv     int64 // 0: it does not say
}

// text signs the invoice.
func (b bill) text(t testing.TB) string {
	t.Helper()
	head := "ln" + b.prefix
	if b.prefix == "" {
		head += "bcrt"
	}
	if b.msat > 0 {
		head += fmt.Sprintf("%dp", b.msat*10)
	}
	data := groups(b.made.Unix(), 7)
	add := func(tag byte, field []byte) {
		data = append(data, tag, byte(len(field)>>5), byte(len(field)&31))
		data = append(data, field...)
	}
	add(1, fives(t, b.hash[:]))
	add(16, fives(t, []byte("a secret that is of no use here.")))
	if b.memoHash != nil {
		add(23, fives(t, b.memoHash))
	} else {
		add(13, fives(t, []byte(b.memo)))
	}
	add(6, groups(int64(b.lasts/time.Second), 7))
	if b.cltv > 0 {
		add(24, groups(b.cltv, 4))
	}
	add(5, []byte{16, 8, 0}) // var_onion_optin and payment_secret
	whole, err := bech32.ConvertBits(data, 5, 8, true)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(append([]byte(head), whole...))
	sign := ecdsa.SignCompact(strangersKey, sum[:], true)
	data = append(data, fives(t, append(sign[1:], sign[0]-31))...)
	text, err := bech32.Encode(head, data)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fives spreads bytes over groups of five bits.
func fives(t testing.TB, b []byte) []byte {
	t.Helper()
	out, err := bech32.ConvertBits(b, 8, 5, true)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// groups writes a number in n groups of five bits.
func groups(v int64, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(v>>(5*(n-1-i))) & 31
	}
	return out
}
