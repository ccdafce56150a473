package chain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/lnd"
)

// lndBest keeps what is known of the best chain below one tip.
//
// LND's wallet (btcwallet v0.16.17, wallet/chainntfns.go) rolls only every
// second block of a reorganisation back, so a transaction may stay confirmed
// in a block that is no longer there, for ever and with its old hash. The node
// behind LND is right, so it is asked for the hash at each height.
type lndBest struct {
	mu     sync.Mutex
	tip    string
	height int64
	hashes map[int64]string
	holds  map[[2]string]bool // block, txid
	seen   map[string]lndTx   // by txid, in a block: that stays true, whatever becomes of the block
}

// seenMost bounds what is kept of coins.
const seenMost = 100_000

// under forgets what was known unless the old tip is still in the best chain.
func (n *lndWallet) under(ctx context.Context, tip Info) error {
	n.best.mu.Lock()
	defer n.best.mu.Unlock()
	if n.best.tip == tip.Hash {
		return nil
	}
	grown := false
	if n.best.tip != "" && n.best.height < tip.Height {
		hash, err := n.blockHash(ctx, n.best.height)
		if err != nil {
			return err
		}
		grown = hash == n.best.tip
	}
	if !grown {
		n.best.hashes, n.best.holds = make(map[int64]string), make(map[[2]string]bool)
	}
	n.best.tip, n.best.height = tip.Hash, tip.Height
	return nil
}

// place puts a transaction where it is in the best chain; false if it is in
// no block of it, as far as the wallet can tell.
//
// A wallet that is ahead of its node tells nothing: a node that is started
// again may come back shorter, and the blocks come back, too.
func (n *lndWallet) place(ctx context.Context, tip Info, t *lndTx) (bool, error) {
	if t.Confirmations <= 0 {
		return false, nil
	}
	if t.BlockHeight > tip.Height {
		return false, fmt.Errorf("%w: the wallet has block %d, the node ends at %d", ErrWarmingUp, t.BlockHeight, tip.Height)
	}
	if err := n.under(ctx, tip); err != nil {
		return false, err
	}
	n.best.mu.Lock()
	defer n.best.mu.Unlock()
	if n.best.hashes[t.BlockHeight] == t.BlockHash {
		return true, nil
	}
	hash, err := n.blockHash(ctx, t.BlockHeight) // a no is never taken from memory
	if err != nil {
		return false, err
	}
	n.best.hashes[t.BlockHeight] = hash
	if hash == t.BlockHash {
		return true, nil
	}
	// Mined again at the same height, it goes by the old hash or the new one.
	key := [2]string{hash, t.TxHash}
	has, ok := n.best.holds[key]
	if !ok {
		if has, err = n.blockHolds(ctx, hash, t.TxHash); err != nil {
			return false, err
		}
		n.best.holds[key] = has
	}
	if has {
		t.BlockHash = hash
	}
	return has, nil
}

// gone finds the transactions of confirmed coins whose block is gone.
func (n *lndWallet) gone(ctx context.Context, coins []lndCoin) (map[string]bool, error) {
	tip, err := n.Info(ctx)
	if err != nil {
		return nil, err
	}
	gone := make(map[string]bool)
	for _, c := range coins {
		txid := c.Outpoint.TxID
		if _, done := gone[txid]; c.Depth <= 0 || done {
			continue
		}
		n.best.mu.Lock()
		t, known := n.best.seen[txid]
		n.best.mu.Unlock()
		there := false
		if known {
			if there, err = n.place(ctx, tip, &t); err != nil {
				return nil, err
			}
		}
		if !there {
			if t, known, err = n.transaction(ctx, txid); err != nil {
				return nil, err
			}
			if there, err = n.place(ctx, tip, &t); err != nil {
				return nil, err
			}
			if there {
				n.saw(t)
			}
		}
		if !known || !there {
			gone[txid] = true
		}
	}
	return gone, nil
}

// saw remembers where a transaction is, and nothing else of it.
func (n *lndWallet) saw(t lndTx) {
	n.best.mu.Lock()
	defer n.best.mu.Unlock()
	if n.best.seen == nil || len(n.best.seen) >= seenMost {
		n.best.seen = make(map[string]lndTx)
	}
	n.best.seen[t.TxHash] = lndTx{TxHash: t.TxHash, Confirmations: 1, BlockHash: t.BlockHash, BlockHeight: t.BlockHeight}
}

// blockHash asks chainrpc.GetBlockHash.
func (n *lndWallet) blockHash(ctx context.Context, height int64) (string, error) {
	var answer struct {
		Hash []byte `json:"block_hash"`
	}
	err := n.ask(ctx, http.MethodGet, "/v2/chainkit/blockhash?block_height="+strconv.FormatInt(height, 10), nil, &answer)
	var reply *lnd.Reply
	if errors.As(err, &reply) && reply.Says("out of range") { // of btcd and of bitcoind
		return "", fmt.Errorf("%w: the node has no block %d", ErrWarmingUp, height)
	}
	if err != nil {
		return "", err
	}
	hash, err := chainhash.NewHash(answer.Hash)
	if err != nil {
		return "", fmt.Errorf("lnd: hash of block %d: %w", height, err)
	}
	return hash.String(), nil
}

// blockHolds asks chainrpc.GetBlock and looks for a transaction in it.
func (n *lndWallet) blockHolds(ctx context.Context, block, txid string) (bool, error) {
	hash, err := chainhash.NewHashFromStr(block)
	if err != nil {
		return false, fmt.Errorf("lnd: %w", err)
	}
	var answer struct {
		Raw []byte `json:"raw_block"`
	}
	if err := n.ask(ctx, http.MethodGet, "/v2/chainkit/block?block_hash="+base64URL(hash[:]), nil, &answer); err != nil {
		return false, err
	}
	var b wire.MsgBlock
	if err := b.Deserialize(bytes.NewReader(answer.Raw)); err != nil {
		return false, fmt.Errorf("lnd: block %s: %w", block, err)
	}
	for _, tx := range b.Transactions {
		if tx.TxHash().String() == txid {
			return true, nil
		}
	}
	return false, nil
}
