package lightning_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
)

const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// field is a tagged field of an invoice (BOLT 11).
type field struct {
	tag  byte
	data []byte // groups of five bits
}

// fiveBits spreads bytes over groups of five bits.
func fiveBits(b []byte) []byte {
	var out []byte
	bits, have := 0, 0
	for _, c := range b {
		bits, have = bits<<8|int(c), have+8
		for have >= 5 {
			have -= 5
			out = append(out, byte(bits>>have)&31)
		}
		bits &= 1<<have - 1
	}
	if have > 0 {
		out = append(out, byte(bits<<(5-have))&31)
	}
	return out
}

// craft signs an invoice that no maker of invoices would make.
func craft(t testing.TB, head string, fields ...field) string {
	t.Helper()
	key, err := btcec.NewPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	data := make([]byte, 7)
	for i := range data {
		data[i] = byte(now>>(5*(6-i))) & 31
	}
	for _, f := range fields {
		data = append(data, f.tag, byte(len(f.data)>>5), byte(len(f.data)&31))
		data = append(data, f.data...)
	}
	hash := sha256.Sum256(append([]byte(head), eightBits(data)...))
	compact := ecdsa.SignCompact(key, hash[:], true)
	sign := append(bytes.Clone(compact[1:]), compact[0]-31)
	data = append(data, fiveBits(sign)...)
	var text strings.Builder
	text.WriteString(head + "1")
	for _, v := range append(data, checksum(head, data)...) {
		text.WriteByte(letters[v])
	}
	return text.String()
}

// eightBits gathers groups of five bits into bytes; the last is filled up.
func eightBits(groups []byte) []byte {
	var out []byte
	bits, have := 0, 0
	for _, g := range groups {
		bits, have = bits<<5|int(g), have+5
		if have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
			bits &= 1<<have - 1
		}
	}
	if have > 0 {
		out = append(out, byte(bits<<(8-have)))
	}
	return out
}

// checksum is bech32's (BIP 173).
func checksum(head string, data []byte) []byte {
	var values []byte
	for _, c := range []byte(head) {
		values = append(values, c>>5)
	}
	values = append(values, 0)
	for _, c := range []byte(head) {
		values = append(values, c&31)
	}
	values = append(append(values, data...), 0, 0, 0, 0, 0, 0)
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	sum ^= 1
	out := make([]byte, 6)
	for i := range out {
		out[i] = byte(sum>>(5*(5-i))) & 31
	}
	return out
}

// Fields that every invoice of today has.
func secretField() field { return field{16, fiveBits(random())} }

func hashField() field { return field{1, fiveBits(random())} }

func memo(text string) field { return field{13, fiveBits([]byte(text))} }

var features = field{5, []byte{16, 8, 0}} // var_onion_optin and payment_secret

func random() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return b
}

// lost is an invoice of a node that nobody knows.
func lost(t testing.TB, network string, msat int64) string {
	return craft(t, "ln"+network+strconv.FormatInt(msat*10, 10)+"p", hashField(), secretField(), memo("nobody"), features)
}
