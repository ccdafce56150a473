package chain

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// gone are the words for coins that another transaction took in a block, or that
// the node has never heard of: of Bitcoin Core (validation.cpp), of btcd (mempool),
// and of LND, which passes on either's no in its own.
var gone = []string{
	"bad txns inputs missingorspent", "missing inputs",
	"orphan transaction", "either does not exist or has already been spent",
	"output already spent", "double spend",
}

// taken are the words for coins that another transaction spends in the mempool:
// one that may not be replaced, or not by this one. LND says "insufficient fee"
// alone for both a replacement and a fee that is low, and so it is not here.
var taken = []string{
	"txn mempool conflict", "already spent by transaction", "bad txns spends conflicting tx",
	"rejecting replacement", "replacement failed", "replacement adds unconfirmed", "too many potential replacements",
	"replacement disallowed", "replacement transaction",
}

// refusal is what a node's no to a broadcast means. Only coins that are spent
// otherwise contradict a transaction (ErrRefused). All else is the policy of one
// mempool, of which the next version of the node may have more: whoever has the
// transaction may still mine it (ErrNotNow).
func refusal(ctx context.Context, n Node, no error) error {
	said := strings.ToLower(strings.NewReplacer("-", " ", "_", " ").Replace(no.Error()))
	says := func(word string) bool { return strings.Contains(said, word) }
	switch {
	case says("sibling eviction"): // the coins are another's; the place in the mempool is taken
	case slices.ContainsFunc(gone, says), slices.ContainsFunc(taken, says):
		return refused(ctx, n, no)
	}
	return fmt.Errorf("%w: %w", ErrNotNow, no)
}

// refused turns the no of a node into ErrRefused, unless the node lags: it may
// not know yet the coins that are spent, and says no to every transaction.
func refused(ctx context.Context, n Node, no error) error {
	info, err := n.Info(ctx)
	switch {
	case err != nil:
		return err
	case !info.Synced:
		return fmt.Errorf("%w: %w", ErrWarmingUp, no)
	}
	return fmt.Errorf("%w: %w", ErrRefused, no)
}
