package audit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/lightning"
)

// newest is the receipt of the highest settle index that a node showed in its life. A
// node does not forget it. One that does came back from its seed, and counts from 1
// again: it would not be asked for what it receives before it is at the cursor.
type newest struct {
	was, now uint64 // the index at the looks before and by now, 0 if there was none
	lacks    string // payment hash of the first, until the node shows it
	hash     string // of the second
}

// newestOf reads markSettled. What a node showed in an earlier life it need not show.
func newestOf(text, life string) newest {
	f := strings.SplitN(text, " ", 3)
	if len(f) < 3 || f[2] != life {
		return newest{}
	}
	index, _ := strconv.ParseUint(f[0], 10, 64)
	return newest{was: index, now: index, lacks: f[1], hash: f[1]}
}

// meets is told of each receipt that the node shows.
func (n *newest) meets(got lightning.Receipt) {
	hash := got.Hash.String()
	if hash == n.lacks {
		n.lacks = ""
	}
	if got.SettleIndex > n.now {
		n.now, n.hash = got.SettleIndex, hash
	}
}

// lost reports whether the node has not shown what it did before.
func (n *newest) lost() bool { return n.was > 0 && n.lacks != "" }

func (n *newest) cause() freeze.Cause {
	return freeze.Cause{Ref: freeze.RefReceipts + fmt.Sprintf("%d:%.8s", n.was, n.lacks), Reason: freeze.Restored,
		What: fmt.Sprintf("the Lightning node has forgotten receipt %d, %s; it came back from its seed, or was set back", n.was, n.lacks)}
}

// mark is the text of markSettled.
func (n *newest) mark(life string) string { return fmt.Sprintf("%d %s %s", n.now, n.hash, life) }
