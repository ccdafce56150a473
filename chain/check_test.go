package chain

import (
	"bytes"
	"errors"
	"testing"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/amount"
)

const (
	annAddress = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
)

// signedTx is a transaction of two inputs, worth 60,000 and 50,000 sat, that
// pays ann 70,000 and keeps 39,000 as change: the fee is 1,000.
type signedTx struct {
	tx     *wire.MsgTx
	values map[wire.OutPoint]btcutil.Amount
	pays   []payment
}

func newSignedTx(t *testing.T) *signedTx {
	t.Helper()
	s := &signedTx{tx: wire.NewMsgTx(2), values: make(map[wire.OutPoint]btcutil.Amount)}
	for i, v := range []btcutil.Amount{60_000, 50_000} {
		op := wire.OutPoint{Hash: [32]byte{byte(i + 1)}, Index: uint32(i)}
		in := wire.NewTxIn(&op, nil, [][]byte{make([]byte, 71), make([]byte, 33)})
		s.tx.AddTxIn(in)
		s.values[op] = v
	}
	var err error
	s.pays, err = paymentsOf(&chaincfg.RegressionNetParams, []Output{{annAddress, 70_000 * amount.Sat}})
	if err != nil {
		t.Fatal(err)
	}
	s.tx.AddTxOut(wire.NewTxOut(39_000, bytes.Repeat([]byte{1}, 22)))
	s.tx.AddTxOut(wire.NewTxOut(70_000, s.pays[0].script))
	return s
}

func TestCheckSigned(t *testing.T) {
	const limit = 1000 * amount.Sat
	for _, tt := range []struct {
		name string
		do   func(*signedTx)
		want error
	}{
		{"as asked", func(*signedTx) {}, nil},
		{"no change", func(s *signedTx) {
			s.tx.TxOut = s.tx.TxOut[1:]
			s.values[s.tx.TxIn[0].PreviousOutPoint] = 21_000
		}, nil},
		{"fee above the limit", func(s *signedTx) { s.tx.TxOut[0].Value-- }, ErrFeeTooHigh},
		{"all change gone", func(s *signedTx) { s.tx.TxOut = s.tx.TxOut[1:] }, ErrFeeTooHigh},
		{"more spent than there was", func(s *signedTx) { s.tx.TxOut[0].Value = 40_001 }, ErrWrongTx},
		{"a satoshi less for ann", func(s *signedTx) { s.tx.TxOut[1].Value-- }, ErrWrongTx},
		{"a satoshi more for ann", func(s *signedTx) { s.tx.TxOut[1].Value++ }, ErrWrongTx},
		{"another address", func(s *signedTx) { s.tx.TxOut[1].PkScript = bytes.Repeat([]byte{2}, 22) }, ErrWrongTx},
		{"the payment left out", func(s *signedTx) { s.tx.TxOut = s.tx.TxOut[:1] }, ErrWrongTx},
		{"the payment made twice", func(s *signedTx) { s.tx.AddTxOut(s.tx.TxOut[1]) }, ErrWrongTx},
		{"two changes", func(s *signedTx) {
			s.tx.TxOut[0].Value = 20_000
			s.tx.AddTxOut(wire.NewTxOut(19_000, bytes.Repeat([]byte{3}, 22)))
		}, ErrWrongTx},
		{"change below zero", func(s *signedTx) { s.tx.TxOut[0].Value = -1 }, ErrWrongTx},
		{"change of all the money", func(s *signedTx) { s.tx.TxOut[0].Value = 1<<63 - 1 }, ErrWrongTx},
		{"an input that was not funded", func(s *signedTx) { s.tx.TxIn[0].PreviousOutPoint.Index = 9 }, ErrWrongTx},
		{"one input twice", func(s *signedTx) { s.tx.TxIn[1].PreviousOutPoint = s.tx.TxIn[0].PreviousOutPoint }, ErrWrongTx},
		{"an input that is not signed", func(s *signedTx) { s.tx.TxIn[0].Witness = nil }, ErrWrongTx},
		{"an input worth more than all the money", func(s *signedTx) {
			s.values[s.tx.TxIn[0].PreviousOutPoint] = 1<<63 - 1
		}, ErrWrongTx},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSignedTx(t)
			tt.do(s)
			var raw bytes.Buffer
			if err := s.tx.Serialize(&raw); err != nil {
				t.Fatal(err)
			}
			p, err := checkSigned(raw.Bytes(), s.values, s.pays, limit)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err == nil && (p.TxID != s.tx.TxHash().String() || p.Fee != limit || len(p.Inputs) != 2 || !bytes.Equal(p.Raw, raw.Bytes())) {
				t.Errorf("got %+v", p)
			}
		})
	}
	t.Run("bytes that are no transaction", func(t *testing.T) {
		s := newSignedTx(t)
		var raw bytes.Buffer
		if err := s.tx.Serialize(&raw); err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{nil, {1, 2, 3}, raw.Bytes()[:raw.Len()-1], append(bytes.Clone(raw.Bytes()), 0)} {
			if _, err := checkSigned(b, s.values, s.pays, limit); !errors.Is(err, ErrWrongTx) {
				t.Errorf("%d bytes: got %v", len(b), err)
			}
		}
	})
}

func TestPaymentsOf(t *testing.T) {
	const sat = amount.Sat
	for _, tt := range []struct {
		name string
		outs []Output
		want error // nil: any error is wrong; errAny: any will do
	}{
		{"one", []Output{{annAddress, 294 * sat}}, nil},
		{"an old address", []Output{{"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", 546 * sat}}, nil},
		{"a sat below the dust limit", []Output{{annAddress, 293 * sat}}, ErrDust},
		{"the same for an old address", []Output{{"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", 545 * sat}}, ErrDust},
		{"twice the same, written differently", []Output{{annAddress, 1000 * sat}, {"BCRT1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KYGT080", 1000 * sat}}, ErrBadAddress},
		{"mainnet", []Output{{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", 1000 * sat}}, ErrBadAddress},
		{"mainnet, old", []Output{{"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", 1000 * sat}}, ErrBadAddress},
		{"one letter wrong", []Output{{"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081", 1000 * sat}}, ErrBadAddress},
		{"a public key", []Output{{"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", 1000 * sat}}, ErrBadAddress},
		{"empty", []Output{{"", 1000 * sat}}, ErrBadAddress},
		{"nobody", nil, ErrBadAddress},
		{"below zero", []Output{{annAddress, -1000 * sat}}, ErrDust},
		{"all the money and one more", []Output{{annAddress, amount.Max}, {"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", 1000 * sat}}, ErrNoFunds},
		{"the smallest and the largest number", []Output{{annAddress, 1<<63 - 1000}}, errAny},
		{"half a satoshi", []Output{{annAddress, 1_000_500}}, errAny},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pays, err := paymentsOf(&chaincfg.RegressionNetParams, tt.outs)
			switch {
			case errors.Is(tt.want, errAny) && err == nil, !errors.Is(tt.want, errAny) && !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			case err == nil && len(pays) != len(tt.outs):
				t.Errorf("got %d payments", len(pays))
			}
		})
	}
}

var errAny = errors.New("any error")
