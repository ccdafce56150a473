package deposit

import "slices"

// MarkKeys is where the audit keeps the keys of the wallet that it looked at,
// between blanks. The first is the one by which the wallet is known.
const MarkKeys = "look.keys"

// Wallet is an answer of chain.Node.Keys: what a wallet is known by. It gets more
// keys in time, and keeps those that it had.
type Wallet []string

// Has reports whether a key, of Coin.Wallet or of Ours, is one of the wallet's.
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
