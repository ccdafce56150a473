package chain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"
)

// pair is a key and a value of a PSBT map.
type pair struct{ key, value []byte }

// packet writes a PSBT (BIP 174): the global map and one map per input.
func packet(t testing.TB, all ...[]pair) []byte {
	t.Helper()
	b := bytes.NewBuffer(bytes.Clone(psbtMagic))
	for _, pairs := range all {
		for _, p := range pairs {
			for _, v := range [][]byte{p.key, p.value} {
				if err := wire.WriteVarBytes(b, 0, v); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.WriteByte(0)
	}
	return b.Bytes()
}

func serial(t testing.TB, tx *wire.MsgTx) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tx.SerializeNoWitness(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func coinOf(sat int64) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(sat)), 3, 0x51, 0x52, 0x53)
}

func TestInputValues(t *testing.T) {
	prev := wire.NewMsgTx(2)
	prev.AddTxIn(wire.NewTxIn(new(wire.OutPoint), nil, nil))
	prev.AddTxOut(wire.NewTxOut(7, nil))
	prev.AddTxOut(wire.NewTxOut(60_000, []byte{0x51}))
	a := wire.OutPoint{Hash: prev.TxHash(), Index: 1}
	b := wire.OutPoint{Hash: [32]byte{2}}
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&a, nil, nil))
	tx.AddTxIn(wire.NewTxIn(&b, nil, nil))
	tx.AddTxOut(wire.NewTxOut(1000, []byte{0x51}))
	global := []pair{{[]byte{0xfc, 1}, []byte("proprietary")}, {[]byte{psbtUnsignedTx}, serial(t, tx)}}
	second := []pair{{[]byte{psbtWitnessUTXO}, coinOf(50_000)}}
	whole := pair{[]byte{psbtNonWitnessUTXO}, serial(t, prev)}
	other := wire.NewMsgTx(1)
	other.AddTxIn(wire.NewTxIn(new(wire.OutPoint), nil, nil))
	other.AddTxOut(wire.NewTxOut(1, nil))
	other.AddTxOut(wire.NewTxOut(1_000_000, nil))

	for _, tt := range []struct {
		name   string
		packet []byte
		want   int64 // of the first input; 0 for an error
	}{
		{"the output", packet(t, global, []pair{{[]byte{psbtWitnessUTXO}, coinOf(60_000)}}, second), 60_000},
		{"the whole transaction", packet(t, global, []pair{whole}, second), 60_000},
		{"both", packet(t, global, []pair{whole, {[]byte{psbtWitnessUTXO}, coinOf(60_000)}, {[]byte{6, 1}, []byte("x")}}, second), 60_000},
		{"both, and they differ", packet(t, global, []pair{whole, {[]byte{psbtWitnessUTXO}, coinOf(61_000)}}, second), 0},
		{"another whole transaction", packet(t, global, []pair{{[]byte{psbtNonWitnessUTXO}, serial(t, other)}}, second), 0},
		{"neither", packet(t, global, []pair{{[]byte{6, 1}, []byte("x")}}, second), 0},
		{"one map short", packet(t, global, second), 0},
		{"an output cut short", packet(t, global, []pair{{[]byte{psbtWitnessUTXO}, []byte{1, 2}}}, second), 0},
		{"no transaction", packet(t, second, second), 0},
		{"no magic", packet(t, global, second, second)[1:], 0},
		{"nothing", nil, 0},
		{"a length without end", append(bytes.Clone(psbtMagic), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := inputValues(tt.packet)
			if tt.want == 0 {
				if !errors.Is(err, errPSBT) {
					t.Errorf("got %v (%v)", got, err)
				}
				return
			}
			if want := map[wire.OutPoint]int64{a: tt.want, b: 50_000}; err != nil || !maps.Equal(got, want) {
				t.Errorf("got %v (%v), want %v", got, err, want)
			}
		})
	}
}

func FuzzInputValues(f *testing.F) {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Index: 3}, nil, nil))
	tx.AddTxOut(wire.NewTxOut(1000, []byte{0x51}))
	f.Add(packet(f, []pair{{[]byte{psbtUnsignedTx}, serial(f, tx)}}, []pair{{[]byte{psbtWitnessUTXO}, coinOf(5)}}))
	f.Add(packet(f, []pair{{[]byte{psbtUnsignedTx}, serial(f, tx)}}, []pair{{[]byte{psbtNonWitnessUTXO}, serial(f, tx)}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		values, err := inputValues(b)
		if err != nil && !errors.Is(err, errPSBT) {
			t.Errorf("got %v", err)
		}
		if err == nil && values == nil {
			t.Error("no values and no error")
		}
	})
}
