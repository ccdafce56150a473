package regtest

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// Every reward of the chain belongs to this key. It is known to all and worth
// nothing.
var (
	ownKey, ownAddress, ownScript = key()
	regtest                       = &chaincfg.RegressionNetParams
)

func key() (*btcec.PrivateKey, address.Address, []byte) {
	private, public := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{0x42}, 32))
	addr, err := address.NewAddressPubKeyHash(address.Hash160(public.SerializeCompressed()), &chaincfg.RegressionNetParams)
	if err != nil {
		panic(err) // a constant
	}
	script, err := txscript.PayToAddrScript(addr)
	if err != nil {
		panic(err)
	}
	return private, addr, script
}

// coin is an output that the key can spend.
type coin struct {
	wire.OutPoint
	sat int64
}

// purse keeps the coins of the key, and how far the chain was searched for
// them.
type purse struct {
	coins   []coin
	scanned int64
}

const (
	maturity = 100    // blocks before a reward can be spent
	fee      = 10_000 // satoshis per input: about 50 sat/vB
	dust     = 1000   // satoshis: less is left to the miner
	replace  = 0xfffffffd
)

// Fund pays sat satoshis to the address from the chain's rewards. The
// transaction waits in the mempool and can be replaced (BIP 125).
func (c *Chain) Fund(ctx context.Context, to string, sat int64) (txid string, err error) {
	return c.Pay(ctx, Output{to, sat})
}

// Output is one payment of Pay.
type Output struct {
	Address string
	Sat     int64
}

// Pay is Fund for several outputs, which come first and in order.
func (c *Chain) Pay(ctx context.Context, outs ...Output) (txid string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	tx, need := wire.NewMsgTx(2), int64(0)
	for _, o := range outs {
		addr, err := address.DecodeAddress(o.Address, regtest)
		if err != nil {
			return "", fmt.Errorf("address %q: %w", o.Address, err)
		}
		script, err := txscript.PayToAddrScript(addr)
		if err != nil {
			return "", err
		}
		tx.AddTxOut(wire.NewTxOut(o.Sat, script))
		need += o.Sat
	}
	var spent []coin
	defer func() {
		if err != nil { // it was not sent: keep the coins
			c.purse.coins = append(c.purse.coins, spent...)
		}
	}()
	have := int64(0)
	for have < need+fee*int64(max(1, len(tx.TxIn))) {
		coin, err := c.coin(ctx)
		if err != nil {
			return "", err
		}
		in := wire.NewTxIn(&coin.OutPoint, nil, nil)
		in.Sequence = replace
		tx.AddTxIn(in)
		spent, have = append(spent, coin), have+coin.sat
	}
	change := have - need - fee*int64(len(tx.TxIn))
	if change > dust {
		tx.AddTxOut(wire.NewTxOut(change, ownScript))
	}
	txid, err = c.send(ctx, tx)
	if err == nil && change > dust {
		c.purse.coins = append(c.purse.coins, coin{wire.OutPoint{Hash: tx.TxHash(), Index: uint32(len(outs))}, change})
	}
	return txid, err
}

// send signs and publishes a transaction that spends coins of the key.
func (c *Chain) send(ctx context.Context, tx *wire.MsgTx) (txid string, err error) {
	for i, in := range tx.TxIn {
		in.SignatureScript, err = txscript.SignatureScript(tx, i, ownScript, txscript.SigHashAll, ownKey, true)
		if err != nil {
			return "", err
		}
	}
	var raw bytes.Buffer
	if err := tx.Serialize(&raw); err != nil {
		return "", err
	}
	err = c.RPC.Call(ctx, "sendrawtransaction", &txid, hex.EncodeToString(raw.Bytes()))
	return txid, err
}

// errPoor means that all mature rewards are spent.
var errPoor = errors.New("the chain has no more coins: mine some blocks")

// coin takes a coin that exists in the best chain or the mempool.
func (c *Chain) coin(ctx context.Context) (coin, error) {
	for {
		if len(c.purse.coins) == 0 {
			if err := c.scan(ctx); err != nil {
				return coin{}, err
			}
		}
		first := c.purse.coins[0]
		c.purse.coins = c.purse.coins[1:]
		var found *struct{}
		if err := c.RPC.Call(ctx, "gettxout", &found, first.Hash.String(), first.Index, true); err != nil {
			return coin{}, err
		}
		if found != nil { // a reorganisation may have taken it
			return first, nil
		}
	}
}

// scan takes the rewards of the next blocks that matured.
func (c *Chain) scan(ctx context.Context) error {
	tip, err := c.Height(ctx)
	if err != nil {
		return err
	}
	for ; c.purse.scanned < tip-maturity && len(c.purse.coins) < 10; c.purse.scanned++ {
		hash, err := c.Hash(ctx, c.purse.scanned+1)
		if err != nil {
			return err
		}
		var raw string
		if err := c.RPC.Call(ctx, "getblock", &raw, hash, 0); err != nil {
			return err
		}
		var block wire.MsgBlock
		if err := block.Deserialize(hex.NewDecoder(bytes.NewReader([]byte(raw)))); err != nil {
			return err
		}
		reward := block.Transactions[0]
		for i, out := range reward.TxOut {
			if out.Value > 0 && bytes.Equal(out.PkScript, ownScript) {
				c.purse.coins = append(c.purse.coins, coin{wire.OutPoint{Hash: reward.TxHash(), Index: uint32(i)}, out.Value})
			}
		}
	}
	if len(c.purse.coins) == 0 {
		return errPoor
	}
	return nil
}
