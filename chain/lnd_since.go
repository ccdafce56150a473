package chain

import (
	"context"
	"fmt"
	"strconv"

	"github.com/btcsuite/btcd/btcutil/v2"
)

// lndTx is lnrpc.Transaction.
type lndTx struct {
	TxHash        string         `json:"tx_hash"`
	Confirmations int64          `json:"num_confirmations"`
	BlockHash     string         `json:"block_hash"`
	BlockHeight   int64          `json:"block_height"`
	Net           btcutil.Amount `json:"amount,string"` // that came, or went, below zero
	Time          int64          `json:"time_stamp,string"`
	Label         string
	Raw           string `json:"raw_tx_hex"`
	Outputs       []struct {
		Type    string `json:"output_type"`
		Address string
		Index   uint32         `json:"output_index,string"`
		Amount  btcutil.Amount `json:"amount,string"`
		Ours    bool           `json:"is_our_address"`
	} `json:"output_details"`
	Inputs []struct {
		Outpoint string // txid:index
		Ours     bool   `json:"is_our_output"`
	} `json:"previous_outpoints"`
}

// own reports whether the wallet alone paid for the transaction.
func (t *lndTx) own() bool {
	for _, in := range t.Inputs {
		if !in.Ours {
			return false
		}
	}
	return len(t.Inputs) > 0
}

// lndTaproot is the type of our change, and never of an address we give out.
const lndTaproot = "SCRIPT_TYPE_WITNESS_V1_TAPROOT"

// Since asks /v1/transactions. The cursor is a height.
//
// In a transaction that the wallet itself paid for, the taproot outputs are
// change (Prepare asks for that, and Address gives out P2WPKH only) and are
// not listed; a payment from the wallet to one of its addresses is.
//
// LND tells how far the node is, not how far the wallet has come, and may be
// blocks behind after a restart. So the height is reckoned from the confirmed
// transactions themselves, and without one the cursor stays where it is.
//
// What LND still takes for confirmed in a block that is gone is not listed: it
// cannot be told whether it waits or never comes.
func (n *lndWallet) Since(ctx context.Context, cursor string) (Receipts, error) {
	after := int64(0)
	if cursor != "" {
		var err error
		if after, err = strconv.ParseInt(cursor, 10, 32); err != nil || after < 0 {
			return Receipts{}, fmt.Errorf("chain: %q is no cursor of lnd", cursor)
		}
	}
	info, err := n.Info(ctx)
	if err != nil {
		return Receipts{}, err
	}
	all, err := n.list(ctx, info, after+1, -1)
	if err != nil {
		return Receipts{}, err
	}
	r := Receipts{Height: info.Height}
	walked, listed := int64(0), make(map[string]bool)
	for _, t := range all {
		if listed[t.TxHash] { // in two blocks, of which one is gone
			continue
		}
		if t.Confirmations > 0 {
			walked = max(walked, t.BlockHeight+t.Confirmations-1)
			there, err := n.place(ctx, info, &t)
			if err != nil {
				return Receipts{}, err
			}
			if !there {
				continue
			}
		}
		listed[t.TxHash] = true
		r.Coins = append(r.Coins, t.coins()...)
	}
	if walked > 0 {
		r.Height = walked
	}
	r.Cursor = strconv.FormatInt(max(after, walked-Overlap), 10)
	return r, nil
}

func (t *lndTx) coins() []Coin {
	var coins []Coin
	own := t.own()
	for _, out := range t.Outputs {
		if !out.Ours || own && out.Type == lndTaproot {
			continue
		}
		c := Coin{
			Outpoint: Outpoint{TxID: t.TxHash, Vout: out.Index},
			Address:  out.Address, Amount: msats(out.Amount),
		}
		if t.Confirmations > 0 {
			c.Confirmations, c.BlockHash, c.Height = t.Confirmations, t.BlockHash, t.BlockHeight
		}
		coins = append(coins, c)
	}
	return coins
}
