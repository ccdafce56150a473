package deposit

import (
	"context"
	"errors"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
)

// ErrOtherWallet says that the node has another wallet than the one that was looked at.
var ErrOtherWallet = errors.New("deposit: the wallet has none of the keys that it had when it was looked at; what is of them waits until they are back or it is declared")

// Keyed is a node that says which keys its wallet has (chain.Node).
type Keyed interface {
	Keys(ctx context.Context) ([]string, error)
}

// Ours is the wallet of the node, and the key by which the books know it. It is
// ErrOtherWallet unless that is the wallet that was looked at last: a node may be
// exchanged at any time, and whoever asks may not know yet. The first wallet is ours,
// for there was none before it. It is asked after the answer that it is about.
func Ours(ctx context.Context, q sqlx.QueryerContext, node Keyed) (w Wallet, key string, err error) {
	if w, err = node.Keys(ctx); err != nil {
		return nil, "", err
	}
	was, looked, err := cursor.Find(ctx, q, MarkKeys)
	switch {
	case err != nil:
		return nil, "", err
	case !looked:
		return w, w.Which(w), nil
	}
	if key = w.Which(strings.Fields(was)); key == "" {
		return nil, "", ErrOtherWallet
	}
	return w, key, nil
}
