package chain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/wire/v2"
)

// Key types of BIP 174 that say what the inputs are worth.
const (
	psbtUnsignedTx     = 0x00 // global map
	psbtNonWitnessUTXO = 0x00 // input map: the whole previous transaction
	psbtWitnessUTXO    = 0x01 // input map: the previous output
)

var psbtMagic = []byte("psbt\xff")

var errPSBT = errors.New("chain: node answers a malformed PSBT")

// inputValues reads from a PSBT (BIP 174) what each input is worth, in
// satoshi. Where the packet has the whole previous transaction, that is what
// counts: its hash is in the input.
func inputValues(packet []byte) (map[wire.OutPoint]int64, error) {
	rest, ok := bytes.CutPrefix(packet, psbtMagic)
	if !ok {
		return nil, fmt.Errorf("%w: no magic", errPSBT)
	}
	r := bytes.NewReader(rest)
	var tx *wire.MsgTx
	err := psbtMap(r, func(key, value []byte) error {
		if len(key) != 1 || key[0] != psbtUnsignedTx {
			return nil
		}
		tx = new(wire.MsgTx)
		return tx.DeserializeNoWitness(bytes.NewReader(value))
	})
	if err != nil {
		return nil, err
	}
	if tx == nil {
		return nil, fmt.Errorf("%w: no transaction", errPSBT)
	}
	values := make(map[wire.OutPoint]int64, len(tx.TxIn))
	for _, in := range tx.TxIn {
		v, err := inputValue(r, in.PreviousOutPoint)
		if err != nil {
			return nil, err
		}
		values[in.PreviousOutPoint] = v
	}
	return values, nil
}

// inputValue reads one input map.
func inputValue(r *bytes.Reader, out wire.OutPoint) (int64, error) {
	byWitness, byTx := int64(-1), int64(-1)
	err := psbtMap(r, func(key, value []byte) error {
		if len(key) != 1 {
			return nil
		}
		switch key[0] {
		case psbtWitnessUTXO:
			if len(value) < 8 {
				return errPSBT
			}
			byWitness = int64(binary.LittleEndian.Uint64(value))
		case psbtNonWitnessUTXO:
			prev := new(wire.MsgTx)
			if err := prev.Deserialize(bytes.NewReader(value)); err != nil {
				return err
			}
			if prev.TxHash() != out.Hash || int(out.Index) >= len(prev.TxOut) {
				return fmt.Errorf("%w: input %v with another transaction", errPSBT, out)
			}
			byTx = prev.TxOut[out.Index].Value
		}
		return nil
	})
	switch {
	case err != nil:
		return 0, err
	case byTx >= 0 && byWitness >= 0 && byTx != byWitness:
		return 0, fmt.Errorf("%w: input %v is worth %d and %d", errPSBT, out, byTx, byWitness)
	case byTx >= 0:
		return byTx, nil
	case byWitness >= 0:
		return byWitness, nil
	}
	return 0, fmt.Errorf("%w: value of input %v missing", errPSBT, out)
}

// psbtMap calls f for every pair of one map, up to its end.
func psbtMap(r *bytes.Reader, f func(key, value []byte) error) error {
	for {
		key, err := psbtBytes(r)
		if err != nil {
			return err
		}
		if len(key) == 0 {
			return nil
		}
		value, err := psbtBytes(r)
		if err != nil {
			return err
		}
		if err := f(key, value); err != nil {
			return fmt.Errorf("%w: %w", errPSBT, err)
		}
	}
}

func psbtBytes(r *bytes.Reader) ([]byte, error) {
	n, err := wire.ReadVarInt(r, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPSBT, err)
	}
	if n > uint64(r.Len()) { // before anything is allocated
		return nil, fmt.Errorf("%w: too short", errPSBT)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: %w", errPSBT, err)
	}
	return b, nil
}
