package p2p

import (
	"sync"

	"github.com/btcsuite/btcd/chainhash/v2"
)

// recent remembers the last hashes that it was asked about.
type recent struct {
	mu    sync.Mutex
	has   map[chainhash.Hash]bool
	order []chainhash.Hash
}

const remembered = 50_000

// first reports whether a hash is new, and remembers it.
func (r *recent) first(h chainhash.Hash) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.has == nil {
		r.has = map[chainhash.Hash]bool{}
	}
	if r.has[h] {
		return false
	}
	r.has[h] = true
	r.order = append(r.order, h)
	if len(r.order) > remembered {
		delete(r.has, r.order[0])
		r.order = r.order[1:]
	}
	return true
}
