package bolt11_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/btcsuite/btcd/address/v2/bech32"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"

	"github.com/bitcoim/bitcoim/bolt11"
)

func bits(t testing.TB, b []byte, from, to uint8) []byte {
	t.Helper()
	out, err := bech32.ConvertBits(b, from, to, true)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// signed is an invoice that a key has signed, and that names a payee or none. change
// is what becomes of the signature: R, S and the recovery flag.
func signed(t testing.TB, key *btcec.PrivateKey, payee []byte, change func(sign []byte)) string {
	t.Helper()
	const head = "lnbcrt10n"
	groups := []byte{1, 18, 26, 5, 0, 0, 0} // some day
	put := func(tag byte, data []byte) {
		data = bits(t, data, 8, 5)
		groups = append(append(groups, tag, byte(len(data)>>5), byte(len(data)&31)), data...)
	}
	put(1, make([]byte, 32))
	put(16, make([]byte, 32))
	put(13, []byte("tea"))
	if payee != nil {
		put(19, payee)
	}
	hash := sha256.Sum256(append([]byte(head), bits(t, groups, 5, 8)...))
	compact := ecdsa.SignCompact(key, hash[:], true)
	sign := append(bytes.Clone(compact[1:]), compact[0]-31)
	change(sign)
	return encoded(t, head, append(groups, bits(t, sign, 8, 5)...))
}

// high is the other signature that anybody can make of one: with N - S.
func high(sign []byte) {
	var s btcec.ModNScalar
	s.SetByteSlice(sign[32:64])
	s.Negate()
	b := s.Bytes()
	copy(sign[32:64], b[:])
	sign[64] ^= 1
}

func TestSignatures(t *testing.T) {
	key, _ := btcec.NewPrivateKey()
	other, _ := btcec.NewPrivateKey()
	own, as := key.PubKey().SerializeCompressed(), func([]byte) {}
	for name, tt := range map[string]struct {
		payee  []byte
		change func([]byte)
		good   bool
	}{
		"nobody named":             {nil, as, true},
		"nobody named, a high S":   {nil, high, true},
		"the signer named":         {own, as, true},
		"the signer, and a high S": {own, high, false},
		"the signer, another R":    {own, func(sign []byte) { sign[5] ^= 1 }, false},
		"somebody else named":      {other.PubKey().SerializeCompressed(), as, false},
		"a key that is none named": {bytes.Repeat([]byte{255}, 33), as, false},
		"a flag that is none":      {nil, func(sign []byte) { sign[64] = 4 }, false},
	} {
		i, err := bolt11.Parse(signed(t, key, tt.payee, tt.change))
		if (err == nil) != tt.good || tt.good && i.Payee != hex.EncodeToString(own) {
			t.Errorf("%s: got %+v (%v)", name, i, err)
		}
	}
}
