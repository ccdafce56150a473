package chain

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/amount"
)

// checkSigned holds a signed transaction against what was asked. It must pay
// exactly the payments, with at most one more output, the change; every input
// must have a witness, because only then is the txid final (BIP 141); and its
// fee, what the inputs are worth less what the outputs take, must not be above
// maxFee: ErrFeeTooHigh. Anything else is ErrWrongTx. A Prepared whose Inputs
// are filled in comes back even with an error, so that they can be unlocked.
func checkSigned(raw []byte, values map[wire.OutPoint]int64, pays []payment, maxFee amount.Msat) (Prepared, error) {
	var tx wire.MsgTx
	r := bytes.NewReader(raw)
	if err := tx.Deserialize(r); err != nil {
		return Prepared{}, fmt.Errorf("%w: %w", ErrWrongTx, err)
	}
	if r.Len() != 0 {
		return Prepared{}, fmt.Errorf("%w: %d bytes too many", ErrWrongTx, r.Len())
	}
	p := Prepared{TxID: tx.TxHash().String(), Raw: raw, Inputs: outpointsOf(&tx)}
	in, err := inputSum(&tx, values)
	if err != nil {
		return p, err
	}
	out, err := outputSum(&tx, pays)
	if err != nil {
		return p, err
	}
	if in < out {
		return p, fmt.Errorf("%w: spends %d of %d sat", ErrWrongTx, out, in)
	}
	p.Fee = amount.FromSats(in - out)
	if p.Fee > maxFee {
		return p, fmt.Errorf("%w: %d sat instead of %d", ErrFeeTooHigh, p.Fee.Sats(), maxFee.Sats())
	}
	return p, nil
}

func outpointsOf(tx *wire.MsgTx) []Outpoint {
	ops := make([]Outpoint, 0, len(tx.TxIn))
	for _, in := range tx.TxIn {
		ops = append(ops, Outpoint{TxID: in.PreviousOutPoint.Hash.String(), Vout: in.PreviousOutPoint.Index})
	}
	return ops
}

func inputSum(tx *wire.MsgTx, values map[wire.OutPoint]int64) (int64, error) {
	left := make(map[wire.OutPoint]int64, len(values))
	for op, v := range values {
		left[op] = v
	}
	sum := int64(0)
	for _, in := range tx.TxIn {
		v, ok := left[in.PreviousOutPoint]
		if !ok {
			return 0, fmt.Errorf("%w: input %v was not funded", ErrWrongTx, in.PreviousOutPoint)
		}
		if len(in.Witness) == 0 {
			return 0, fmt.Errorf("%w: input %v has no witness", ErrWrongTx, in.PreviousOutPoint)
		}
		delete(left, in.PreviousOutPoint)
		if sum += v; !sane(v) || !sane(sum) {
			return 0, fmt.Errorf("%w: inputs out of range", ErrWrongTx)
		}
	}
	return sum, nil
}

func outputSum(tx *wire.MsgTx, pays []payment) (int64, error) {
	due := make(map[string]int64, len(pays))
	for _, p := range pays {
		due[string(p.script)] = p.sat
	}
	sum, change := int64(0), 0
	for i, out := range tx.TxOut {
		if sat, ok := due[string(out.PkScript)]; ok && sat == out.Value {
			delete(due, string(out.PkScript))
		} else if change++; change > 1 {
			return 0, fmt.Errorf("%w: output %d is neither asked for nor the change", ErrWrongTx, i)
		}
		if sum += out.Value; !sane(out.Value) || !sane(sum) {
			return 0, fmt.Errorf("%w: outputs out of range", ErrWrongTx)
		}
	}
	if len(due) != 0 {
		return 0, fmt.Errorf("%w: %d outputs missing", ErrWrongTx, len(due))
	}
	return sum, nil
}

// sane reports whether there can be so many satoshis.
func sane(sat int64) bool { return sat >= 0 && sat <= amount.Max.Sats() }
