package deposit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// MarkKeys is where the audit keeps the keys of the wallet that it looked at,
// between blanks. The first is the one by which the wallet is known.
const MarkKeys = "look.keys"

// Wallet is an answer of chain.Node.Keys: what a wallet is known by. It gets more
// keys in time, and keeps those that it had.
type Wallet []string

// Has reports whether a key, of Coin.Wallet or of Known, is one of the wallet's.
func (w Wallet) Has(key string) bool { return slices.Contains(w, key) }

// Another reports whether a key, of a coin or of an order, is another wallet's: this one
// has never heard of what that one had or sent. "" is nobody's.
func (w Wallet) Another(key string) bool { return key != "" && !w.Has(key) }

// Which is the key by which the wallet is known: the first that it had when it was
// looked at; "" if it has none of those.
func (w Wallet) Which(was []string) string {
	if i := slices.IndexFunc(was, w.Has); i >= 0 {
		return was[i]
	}
	return ""
}

// From puts the key by which the wallet is known before the others.
func (w Wallet) From(key string) Wallet {
	return append(Wallet{key}, slices.DeleteFunc(slices.Clone(w), func(k string) bool { return k == key })...)
}

// Known is the key by which a wallet is known, and whether it is the one that was
// looked at before. The first one is: there was none before it.
func Known(ctx context.Context, q sqlx.QueryerContext, w Wallet) (key string, same bool, err error) {
	var was string
	err = sqlx.GetContext(ctx, q, &was, `SELECT value FROM node_cursor WHERE name = $1`, MarkKeys)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return w.Which(w), true, nil
	case err != nil:
		return "", false, fmt.Errorf("deposit: keys of the wallet: %w", err)
	}
	key = w.Which(strings.Fields(was))
	return key, key != "", nil
}

// SameWallet reports whether a wallet is the one that was looked at before.
func SameWallet(ctx context.Context, q sqlx.QueryerContext, keys []string) (bool, error) {
	_, same, err := Known(ctx, q, keys)
	return same, err
}
