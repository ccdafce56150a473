package p2p

import (
	"math/big"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// worked checks a header's proof of work against its own target, and that
// against the easiest that the network may have. A target that is negative, or
// more than a hash can be, is no target.
func worked(h *wire.BlockHeader, hash chainhash.Hash, params *chaincfg.Params) bool {
	target := blockchain.CompactToBig(h.Bits)
	easiest := params.PowLimit
	if params.Net == wire.MainNet {
		easiest = mainFloor
	}
	return target.Sign() > 0 && target.Cmp(easiest) <= 0 && blockchain.HashToBig(&hash).Cmp(target) <= 0
}

// mainFloor is the target of a difficulty of 10^13, which the main network has
// been above since 2020. A header that is easier is forged, cheaply.
var mainFloor = new(big.Int).Div(blockchain.CompactToBig(0x1d00ffff), big.NewInt(10_000_000_000_000))

// whole reports whether a block has the transactions that its header says. The
// hash of the header is what a peer was asked for.
func whole(b *btcutil.Block, hash chainhash.Hash) bool {
	return *b.Hash() == hash && blockchain.CalcMerkleRoot(b.Transactions(), false) == b.MsgBlock().Header.MerkleRoot
}
