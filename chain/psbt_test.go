package chain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// pair is a key and a value of a PSBT map.
type pair struct{ key, value []byte }

// packet writes a PSBT (BIPs 174 and 370): the global map and one map per input.
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

func version(n uint32) pair {
	return pair{[]byte{psbtVersion}, binary.LittleEndian.AppendUint32(nil, n)}
}

// spending is how an input map of version 2 names its coin.
func spending(out wire.OutPoint) []pair {
	return []pair{{[]byte{psbtPreviousTxID}, out.Hash[:]}, {[]byte{psbtOutputIndex}, binary.LittleEndian.AppendUint32(nil, out.Index)}}
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
	greedy := wire.NewMsgTx(2)
	greedy.AddTxIn(wire.NewTxIn(&a, nil, nil))
	greedy.AddTxIn(wire.NewTxIn(&a, nil, nil))
	greedy.AddTxOut(wire.NewTxOut(1000, []byte{0x51}))
	other := wire.NewMsgTx(1)
	other.AddTxIn(wire.NewTxIn(new(wire.OutPoint), nil, nil))
	other.AddTxOut(wire.NewTxOut(1, nil))
	other.AddTxOut(wire.NewTxOut(1_000_000, nil))

	count := func(n byte) []pair { return []pair{version(2), {[]byte{psbtInputCount}, []byte{n}}} }
	theA, theB := spending(a), append(spending(b), second...)
	sixty := pair{[]byte{psbtWitnessUTXO}, coinOf(60_000)}
	with := func(pairs []pair, more ...pair) []pair { return append(slices.Clone(pairs), more...) }

	for _, tt := range []struct {
		name   string
		packet []byte
		want   btcutil.Amount // of the first input; 0 for an error
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
		{"a key twice", packet(t, global, []pair{sixty, sixty}, second), 0},
		{"a coin twice", packet(t, []pair{{[]byte{psbtUnsignedTx}, serial(t, greedy)}}, []pair{sixty}, []pair{sixty}), 0},
		{"version 0, and it says so", packet(t, with(global, version(0)), []pair{sixty}, second), 60_000},
		{"version 1, which is none", packet(t, with(global, version(1)), []pair{sixty}, second), 0},
		{"version 3, which may come", packet(t, []pair{version(3), {[]byte{psbtInputCount}, []byte{2}}}, with(theA, sixty), theB), 0},
		{"version 2, the output", packet(t, count(2), with(theA, sixty), theB), 60_000},
		{"version 2, the whole transaction", packet(t, count(2), with(theA, whole), theB), 60_000},
		{"version 2, both", packet(t, count(2), with(theA, whole, sixty), theB), 60_000},
		{"version 2, both, and they differ", packet(t, count(2), with(theA, whole, pair{[]byte{psbtWitnessUTXO}, coinOf(61_000)}), theB), 0},
		{"version 2, another whole transaction", packet(t, count(2), with(theA, pair{[]byte{psbtNonWitnessUTXO}, serial(t, other)}), theB), 0},
		{"version 2, with what nobody knows yet", packet(t, with(count(2), pair{[]byte{0x07}, []byte("x")}), with(theA, sixty, pair{[]byte{0x7f}, nil}), theB), 60_000},
		{"version 2, neither", packet(t, count(2), theA, theB), 0},
		{"version 2, one map short", packet(t, count(3), with(theA, sixty), theB), 0},
		{"version 2, no count", packet(t, []pair{version(2)}, with(theA, sixty), theB), 0},
		{"version 2, with a transaction", packet(t, with(count(2), global...), with(theA, sixty), theB), 0},
		{"version 2, a coin twice", packet(t, count(2), with(theA, sixty), with(theA, sixty)), 0},
		{"version 2, no txid", packet(t, count(2), with(theA[1:], sixty), theB), 0},
		{"version 2, no index", packet(t, count(2), with(theA[:1], sixty), theB), 0},
		{"version 2, a txid cut short", packet(t, count(2), []pair{{[]byte{psbtPreviousTxID}, []byte{1}}, theA[1], sixty}, theB), 0},
		{"version 2, an index cut short", packet(t, count(2), []pair{theA[0], {[]byte{psbtOutputIndex}, []byte{1}}, sixty}, theB), 0},
		{"version 2, more inputs than bytes", packet(t, []pair{version(2), {[]byte{psbtInputCount}, []byte{0xff, 0, 0, 0, 0, 1, 0, 0, 0}}}, theB), 0},
		{"a version cut short", packet(t, []pair{{[]byte{psbtVersion}, []byte{2}}, {[]byte{psbtInputCount}, []byte{1}}}, theB), 0},
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
			if want := map[wire.OutPoint]btcutil.Amount{a: tt.want, b: 50_000}; err != nil || !maps.Equal(got, want) {
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
	head := []pair{version(2), {[]byte{psbtInputCount}, []byte{1}}}
	coin := spending(wire.OutPoint{Hash: tx.TxHash()})
	f.Add(packet(f, head, append(coin, pair{[]byte{psbtWitnessUTXO}, coinOf(1000)}, pair{[]byte{psbtNonWitnessUTXO}, serial(f, tx)})))
	f.Fuzz(func(t *testing.T, b []byte) {
		values, err := inputValues(b)
		if err != nil && !errors.Is(err, errPSBT) {
			t.Errorf("got %v", err)
		}
		if err == nil && values == nil {
			t.Error("no values and no error")
		}
		for out, sat := range values {
			if sat < 0 {
				t.Errorf("%v is worth %d", out, sat)
			}
		}
	})
}
