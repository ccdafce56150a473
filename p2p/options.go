package p2p

import (
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/wire/v2"
)

// Mode is how peers are told of a transaction.
type Mode uint8

// The modes of Broadcast.
const (
	Auto    Mode = iota // hand it to the fastest target, announce it to the others
	Inv                 // announce it and wait to be asked: the polite way
	Push                // hand it over unasked
	Private             // announce it on a connection of its own through the proxy, and nowhere else
)

var modes = [...]string{"auto", "inv", "push", "private"}

func (m Mode) String() string {
	if int(m) < len(modes) {
		return modes[m]
	}
	return fmt.Sprintf("mode %d", uint8(m))
}

// ParseMode is the opposite of String.
func ParseMode(s string) (Mode, error) {
	if i := slices.Index(modes[:], s); i >= 0 {
		return Mode(i), nil
	}
	return 0, fmt.Errorf("%w: no mode %q, only %v", ErrUsage, s, modes)
}

// MarshalText writes the mode's name.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the mode's name.
func (m *Mode) UnmarshalText(b []byte) (err error) {
	*m, err = ParseMode(string(b))
	return err
}

// Option changes how one transaction is broadcast.
type Option func(*wishes)

type wishes struct {
	mode    Mode
	nodes   int
	minSeen int
	feeRate int64
	parents []*wire.MsgTx
	blocks  bool
	resume  *Report
}

// In chooses the mode. Without it, it is Auto.
func In(m Mode) Option { return func(w *wishes) { w.mode = m } }

// Nodes is how many peers are given the transaction. Without it, it is
// Config.Targets, but fewer if not enough would be left to watch.
func Nodes(n int) Option { return func(w *wishes) { w.nodes = n } }

// MinSeen is how many other peers must announce it for the level Seen; 1
// without it.
func MinSeen(n int) Option { return func(w *wishes) { w.minSeen = max(1, n) } }

// FeeRate is what the transaction pays, in satoshis per 1,000 vbytes. Peers
// whose feefilter (BIP 133) is above are not given it.
func FeeRate(sat int64) Option { return func(w *wishes) { w.feeRate = sat } }

// VSize is the size of a transaction in vbytes (BIP 141).
func VSize(tx *wire.MsgTx) int64 {
	return int64(tx.SerializeSizeStripped()*3+tx.SerializeSize()+3) / 4
}

// Parents are transactions that it spends and that may not be known yet. They
// go to the same peers right behind it, so that a parent with too low a fee is
// judged together with its child.
func Parents(txs ...*wire.MsgTx) Option { return func(w *wishes) { w.parents = txs } }

// Blocks makes every new block be fetched until the transaction is in one.
// Without it, only SetMined says that it was mined.
func Blocks() Option { return func(w *wishes) { w.blocks = true } }

// Resume goes on with what was known before a restart. Peers that were given
// the transaction then still prove nothing.
func Resume(r Report) Option { return func(w *wishes) { w.resume = &r } }
