package chain

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bitcoim/bitcoim/answer"
)

// coreEntry is one line of listsinceblock.
type coreEntry struct {
	Address       string `json:",omitempty"` // missing where the script has none
	Category      string
	Amount        json.Number
	TxID          string
	Vout          uint32
	Confirmations int64
	BlockHash     string `json:",omitempty"` // of what has a block, likewise its height
	BlockHeight   *int64 `json:",omitempty"`
}

// Since asks listsinceblock. The cursor is the hash of a block; if that block
// is no longer in the best chain, bitcoind lists from where the chains part,
// and if it does not know the block at all, everything is listed.
//
// Only what came in is taken ("receive", and "generate" for a mined reward
// that is mature). bitcoind leaves change out by itself: outputs to addresses
// that were never given out. What a block of the best chain contradicts is
// not listed.
func (n *core) Since(ctx context.Context, cursor string) (Receipts, error) {
	if b, err := hex.DecodeString(cursor); err != nil || len(b) != 0 && len(b) != 32 {
		return Receipts{}, fmt.Errorf("chain: %q is no cursor of bitcoind", cursor)
	}
	info, err := n.Info(ctx)
	if err != nil {
		return Receipts{}, err
	}
	var answer struct {
		Transactions []coreEntry
		LastBlock    string
	}
	// The cursor to come is the hash that has Overlap blocks above it.
	err = n.ask(ctx, &answer, "listsinceblock", cursor, Overlap+1)
	if code(err) == coreAddress && cursor != "" {
		err = n.ask(ctx, &answer, "listsinceblock", "", Overlap+1)
	}
	if err != nil {
		return Receipts{}, err
	}
	r := Receipts{Height: info.Height}
	if strings.Trim(answer.LastBlock, "0") != "" { // all zeros while the chain is short
		r.Cursor = answer.LastBlock
	}
	for _, e := range answer.Transactions {
		if e.Category != "receive" && e.Category != "generate" || e.Confirmations < 0 {
			continue
		}
		c, err := e.coin()
		if err != nil {
			return Receipts{}, err
		}
		r.Coins = append(r.Coins, c)
		if c.Confirmations > 0 { // the block may be younger than Info
			r.Height = max(r.Height, c.Height+c.Confirmations-1)
		}
	}
	return r, nil
}

func (e coreEntry) coin() (Coin, error) {
	sat, err := satsOf(e.Amount)
	if err != nil {
		return Coin{}, err
	}
	c := Coin{
		Outpoint: Outpoint{TxID: e.TxID, Vout: e.Vout},
		Address:  e.Address, Amount: msats(sat),
	}
	if e.Confirmations > 0 {
		c.Confirmations = e.Confirmations
		c.BlockHash, c.Height, err = blockOf(e.BlockHash, e.BlockHeight)
	}
	return c, err
}

// blockOf is the block of something that has confirmations.
func blockOf(hash string, height *int64) (string, int64, error) {
	if hash == "" || height == nil {
		return "", 0, fmt.Errorf("%w: no field blockhash or blockheight of what is confirmed", answer.ErrIncomplete)
	}
	return hash, *height, nil
}
