package invoice

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/lightning"
)

// MarkNode is where the audit keeps the public key of the Lightning node that it
// looked at.
const MarkNode = "look.node"

// ErrOtherNode says that another Lightning node answers than the one that was looked at,
// or at which an order began.
var ErrOtherNode = errors.New("invoice: the Lightning node is another one; what began at the first one waits until it is back, or an operator says what became of it")

// Informed is a Lightning node that says who it is (lightning.Node).
type Informed interface {
	Info(ctx context.Context) (lightning.Info, error)
}

// Ours is the public key of the Lightning node, "" if it has none. It is ErrOtherNode,
// with that key, unless the node is the one that was looked at last: it may be exchanged
// at any time, and whoever asks may not know yet. The first node is ours, and so is one that has no key.
// It is asked after the answer that it is about.
func Ours(ctx context.Context, q sqlx.QueryerContext, node Informed) (key string, err error) {
	info, err := node.Info(ctx)
	if err != nil {
		return "", err
	}
	was, looked, err := cursor.Find(ctx, q, MarkNode)
	if err != nil {
		return "", err
	}
	if looked && info.PubKey != "" && was != info.PubKey {
		return info.PubKey, ErrOtherNode
	}
	return info.PubKey, nil
}
