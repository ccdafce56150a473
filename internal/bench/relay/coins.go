package relay

import (
	"bytes"
	"context"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

const (
	sat = 20_000 // of a coin
	fee = 1_000  // satoshis of a transaction that spends it
	// fan is how many coins one transaction makes: its fee is enough for so many.
	fan = 250
)

// Spends makes n coins on the chain, of a key that is worth nothing, and signs
// a transaction with a witness that spends each.
func Spends(ctx context.Context, chain *regtest.Chain, n int) ([]*wire.MsgTx, error) {
	key, public := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{0x52}, 32))
	to, err := address.NewAddressWitnessPubKeyHash(address.Hash160(public.SerializeCompressed()), &chaincfg.RegressionNetParams)
	if err != nil {
		return nil, err
	}
	script, err := txscript.PayToAddrScript(to)
	if err != nil {
		return nil, err
	}
	var txs []*wire.MsgTx
	for len(txs) < n {
		outs := make([]regtest.Output, min(fan, n-len(txs)))
		for i := range outs {
			outs[i] = regtest.Output{Address: to.EncodeAddress(), Sat: sat}
		}
		txid, err := chain.Pay(ctx, outs...)
		if err != nil {
			return nil, err
		}
		hash, err := chainhash.NewHashFromStr(txid)
		if err != nil {
			return nil, err
		}
		for i := range outs {
			tx := wire.NewMsgTx(2)
			tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(hash, uint32(i)), nil, nil))
			tx.AddTxOut(wire.NewTxOut(sat-fee, script))
			sums := txscript.NewTxSigHashes(tx, txscript.NewCannedPrevOutputFetcher(script, sat))
			tx.TxIn[0].Witness, err = txscript.WitnessSignature(tx, sums, 0, sat, script, txscript.SigHashAll, key, true)
			if err != nil {
				return nil, err
			}
			txs = append(txs, tx)
		}
	}
	_, err = chain.Mine(ctx, 1)
	return txs, err
}
