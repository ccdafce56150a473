package chain

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/amount"
)

// checkSigned holds a signed transaction against what was asked. It must pay
// exactly the payments, with at most one more output, the change; every input
// must have a witness, because only then is the txid final (BIP 141); and its
// fee, what the inputs are worth less what the outputs take, must not be above
// maxFee: ErrFeeTooHigh. Anything else is ErrWrongTx. A Prepared whose Inputs
// are filled in comes back even with an error, so that they can be unlocked.
func checkSigned(raw []byte, values map[wire.OutPoint]btcutil.Amount, pays []payment, maxFee amount.Msat) (Prepared, error) {
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
	p.Fee = msats(in - out)
	if p.Fee > maxFee {
		return p, fmt.Errorf("%w: %d sat instead of %d", ErrFeeTooHigh, sats(p.Fee), sats(maxFee))
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

func inputSum(tx *wire.MsgTx, values map[wire.OutPoint]btcutil.Amount) (btcutil.Amount, error) {
	left := make(map[wire.OutPoint]btcutil.Amount, len(values))
	for op, v := range values {
		left[op] = v
	}
	sum := btcutil.Amount(0)
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

func outputSum(tx *wire.MsgTx, pays []payment) (btcutil.Amount, error) {
	due := make(map[string]btcutil.Amount, len(pays))
	for _, p := range pays {
		due[string(p.script)] = p.sat
	}
	sum, change := btcutil.Amount(0), 0
	for i, out := range tx.TxOut {
		if sat, ok := due[string(out.PkScript)]; ok && sat == btcutil.Amount(out.Value) {
			delete(due, string(out.PkScript))
		} else if change++; change > 1 {
			return 0, fmt.Errorf("%w: output %d is neither asked for nor the change", ErrWrongTx, i)
		}
		value := btcutil.Amount(out.Value)
		if sum += value; !sane(value) || !sane(sum) {
			return 0, fmt.Errorf("%w: outputs out of range", ErrWrongTx)
		}
	}
	if len(due) != 0 {
		return 0, fmt.Errorf("%w: %d outputs missing", ErrWrongTx, len(due))
	}
	return sum, nil
}
