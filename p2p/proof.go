package p2p

import (
	"math/big"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// worked checks a header's proof of work against its own target, and that
// against the easiest that the network may have.
func worked(h *wire.BlockHeader, hash chainhash.Hash, params *chaincfg.Params) bool {
	target := target(h.Bits)
	easiest := params.PowLimit
	if params.Net == wire.MainNet {
		easiest = mainFloor
	}
	return target.Sign() > 0 && target.Cmp(easiest) <= 0 && number(hash).Cmp(target) <= 0
}

// mainFloor is the target of a difficulty of 10^13, which the main network has
// been above since 2020. A header that is easier is forged, cheaply.
var mainFloor = new(big.Int).Div(target(0x1d00ffff), big.NewInt(10_000_000_000_000))

// target expands the compact form of a header: three bytes of mantissa and one
// of exponent, to the base of 256.
func target(bits uint32) *big.Int {
	mantissa, exponent := int64(bits&0x007fffff), int(bits>>24)
	if bits&0x00800000 != 0 || exponent > 34 {
		return new(big.Int) // negative, or too big for a hash
	}
	if exponent <= 3 {
		return big.NewInt(mantissa >> (8 * (3 - exponent)))
	}
	n := big.NewInt(mantissa)
	return n.Lsh(n, uint(8*(exponent-3)))
}

// number is a hash as a number: its bytes are stored the other way round.
func number(h chainhash.Hash) *big.Int {
	for i, j := 0, len(h)-1; i < j; i, j = i+1, j-1 {
		h[i], h[j] = h[j], h[i]
	}
	return new(big.Int).SetBytes(h[:])
}

// merkle is the root over transaction ids.
func merkle(ids []chainhash.Hash) chainhash.Hash {
	if len(ids) == 0 {
		return chainhash.Hash{}
	}
	row := append([]chainhash.Hash(nil), ids...)
	for len(row) > 1 {
		if len(row)%2 == 1 {
			row = append(row, row[len(row)-1])
		}
		for i := 0; i < len(row); i += 2 {
			row[i/2] = chainhash.DoubleHashH(append(append(make([]byte, 0, 2*chainhash.HashSize), row[i][:]...), row[i+1][:]...))
		}
		row = row[:len(row)/2]
	}
	return row[0]
}
