package chain

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Key types of the global map of a PSBT. Version 0 (BIP 174) has the unsigned
// transaction, version 2 (BIP 370) takes it apart: how many inputs there are
// is in the global map, and which coin each spends is in its own.
const (
	psbtUnsignedTx = 0x00 // version 0 only
	psbtInputCount = 0x04 // version 2 only
	psbtVersion    = 0xfb // missing in version 0
)

var psbtMagic = []byte("psbt\xff")

var errPSBT = errors.New("chain: node answers a malformed PSBT")

// inputValues reads from a PSBT what each input is worth. It reads
// version 0, which Bitcoin Core made up to release 31, and version 2, which it
// makes since. Where the packet has the whole previous transaction, that is
// what counts: its hash is in the input.
func inputValues(packet []byte) (map[wire.OutPoint]btcutil.Amount, error) {
	rest, ok := bytes.CutPrefix(packet, psbtMagic)
	if !ok {
		return nil, fmt.Errorf("%w: no magic", errPSBT)
	}
	r := bytes.NewReader(rest)
	head, err := psbtHeadOf(r)
	if err != nil {
		return nil, err
	}
	count, spends, err := head.inputs()
	if err != nil {
		return nil, err
	}
	if count > uint64(r.Len()) { // a map has a byte at least; before anything is allocated
		return nil, fmt.Errorf("%w: %d inputs in %d bytes", errPSBT, count, r.Len())
	}
	values := make(map[wire.OutPoint]btcutil.Amount, count)
	for i := range count {
		in, err := psbtInputOf(r)
		if err != nil {
			return nil, err
		}
		if spends != nil {
			in.spends = &spends[i].PreviousOutPoint
		}
		out, value, err := in.value()
		if err != nil {
			return nil, fmt.Errorf("%w (input %d)", err, i)
		}
		if _, twice := values[out]; twice {
			return nil, fmt.Errorf("%w: input %v is there twice", errPSBT, out)
		}
		values[out] = value
	}
	return values, nil
}

// psbtHead is what we read of a global map.
type psbtHead struct {
	version uint32
	tx      *wire.MsgTx // version 0
	count   *uint64     // version 2
}

func psbtHeadOf(r *bytes.Reader) (h psbtHead, err error) {
	return h, psbtMap(r, func(key, value []byte) error {
		if len(key) != 1 {
			return nil
		}
		switch key[0] {
		case psbtUnsignedTx:
			h.tx = new(wire.MsgTx)
			return h.tx.DeserializeNoWitness(bytes.NewReader(value))
		case psbtInputCount:
			n, err := wire.ReadVarInt(bytes.NewReader(value), 0)
			h.count = &n
			return err
		case psbtVersion:
			if len(value) != 4 {
				return fmt.Errorf("a version of %d bytes", len(value))
			}
			h.version = binary.LittleEndian.Uint32(value)
		}
		return nil
	})
}

// inputs says how many inputs there are, and for version 0 which coins they
// spend.
func (h psbtHead) inputs() (count uint64, spends []*wire.TxIn, err error) {
	switch {
	case h.version == 0 && h.tx != nil:
		return uint64(len(h.tx.TxIn)), h.tx.TxIn, nil
	case h.version == 0:
		return 0, nil, fmt.Errorf("%w: no transaction", errPSBT)
	case h.version == 2 && h.tx != nil:
		return 0, nil, fmt.Errorf("%w: version 2 with a transaction", errPSBT)
	case h.version == 2 && h.count != nil:
		return *h.count, nil, nil
	case h.version == 2:
		return 0, nil, fmt.Errorf("%w: no count of inputs", errPSBT)
	}
	return 0, nil, fmt.Errorf("%w: version %d, which is not known here", errPSBT, h.version)
}
