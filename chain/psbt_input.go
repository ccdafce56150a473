package chain

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Key types of an input map.
const (
	psbtNonWitnessUTXO = 0x00 // the whole previous transaction
	psbtWitnessUTXO    = 0x01 // the previous output
	psbtPreviousTxID   = 0x0e // version 2 only
	psbtOutputIndex    = 0x0f // version 2 only
)

// psbtInput is what we read of one input map.
type psbtInput struct {
	spends *wire.OutPoint // version 0: by the transaction of the global map
	txid   *chainhash.Hash
	index  *uint32
	output btcutil.Amount // by the previous output; -1 without it
	whole  *wire.MsgTx    // nil without it
}

func psbtInputOf(r *bytes.Reader) (psbtInput, error) {
	in := psbtInput{output: -1}
	return in, psbtMap(r, func(key, value []byte) (err error) {
		if len(key) != 1 {
			return nil
		}
		switch key[0] {
		case psbtWitnessUTXO:
			if len(value) < 8 {
				return fmt.Errorf("an output of %d bytes", len(value))
			}
			in.output = btcutil.Amount(binary.LittleEndian.Uint64(value))
		case psbtNonWitnessUTXO:
			in.whole = new(wire.MsgTx)
			return in.whole.Deserialize(bytes.NewReader(value))
		case psbtPreviousTxID:
			in.txid, err = chainhash.NewHash(value)
		case psbtOutputIndex:
			if len(value) != 4 {
				return fmt.Errorf("an index of %d bytes", len(value))
			}
			index := binary.LittleEndian.Uint32(value)
			in.index = &index
		}
		return err
	})
}

// value is the coin that the input spends and its satoshis.
func (in psbtInput) value() (out wire.OutPoint, sat btcutil.Amount, err error) {
	switch {
	case in.spends != nil:
		out = *in.spends
	case in.txid == nil:
		return out, 0, fmt.Errorf("%w: no previous txid", errPSBT)
	case in.index == nil:
		return out, 0, fmt.Errorf("%w: no output index", errPSBT)
	default:
		out = wire.OutPoint{Hash: *in.txid, Index: *in.index}
	}
	if in.whole == nil {
		if in.output < 0 {
			return out, 0, fmt.Errorf("%w: value of %v missing", errPSBT, out)
		}
		return out, in.output, nil
	}
	if in.whole.TxHash() != out.Hash || uint64(out.Index) >= uint64(len(in.whole.TxOut)) {
		return out, 0, fmt.Errorf("%w: %v with another transaction", errPSBT, out)
	}
	sat = btcutil.Amount(in.whole.TxOut[out.Index].Value)
	if sat < 0 || in.output >= 0 && in.output != sat {
		return out, 0, fmt.Errorf("%w: %v is worth %d and %d", errPSBT, out, sat, in.output)
	}
	return out, sat, nil
}

// psbtMap calls f for every pair of one map, up to its end. No key may be
// there twice: two readers could take each another one.
func psbtMap(r *bytes.Reader, f func(key, value []byte) error) error {
	had := map[string]bool{}
	for {
		key, err := psbtBytes(r)
		if err != nil {
			return err
		}
		if len(key) == 0 {
			return nil
		}
		if had[string(key)] {
			return fmt.Errorf("%w: key %x is there twice", errPSBT, key)
		}
		had[string(key)] = true
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
