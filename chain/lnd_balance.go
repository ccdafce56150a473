package chain

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/btcsuite/btcd/btcutil/v2"
)

type lndBalance struct {
	Confirmed   btcutil.Amount `json:"confirmed_balance,string"`
	Unconfirmed btcutil.Amount `json:"unconfirmed_balance,string"`
	Reserved    btcutil.Amount `json:"reserved_balance_anchor_chan,string"`
}

// lndHoldings is one reading of what the wallet holds.
type lndHoldings struct {
	free   lndBalance
	coins  []lndCoin // that nobody leased
	leased []lndCoin // and not spent
}

// Balance asks /v1/balance/blockchain for the coins that nobody leased, adds the
// leased ones that are unspent, and takes away those whose block is gone (see
// lndBest).
func (n *lndWallet) Balance(ctx context.Context) (Balance, error) {
	h, err := n.holdings(ctx)
	if err != nil {
		return Balance{}, err
	}
	all := slices.Concat(h.coins, h.leased)
	gone, err := n.gone(ctx, all)
	if err != nil {
		return Balance{}, err
	}
	confirmed, unconfirmed := h.free.Confirmed, h.free.Unconfirmed
	for _, c := range h.leased {
		if c.Depth > 0 {
			confirmed += c.Sat
		} else {
			unconfirmed += c.Sat
		}
	}
	for _, c := range all {
		if gone[c.Outpoint.TxID] {
			confirmed -= c.Sat
		}
	}
	return Balance{Confirmed: msats(confirmed), Unconfirmed: msats(unconfirmed)}, nil
}

// lndReadings is how often a wallet is read that changes all the time.
const lndReadings = 20

// holdings reads the wallet until two readings in a row agree. LND has no question
// that answers all of it at once: a coin that is leased or spent between two
// questions would be counted twice, or not at all.
func (n *lndWallet) holdings(ctx context.Context) (lndHoldings, error) {
	before, err := n.reading(ctx)
	for try := 0; err == nil && try < lndReadings; try++ {
		var now lndHoldings
		now, err = n.reading(ctx)
		if err == nil && now.free == before.free && slices.Equal(now.coins, before.coins) && slices.Equal(now.leased, before.leased) {
			return now, nil
		}
		before = now
	}
	if err == nil {
		err = fmt.Errorf("%w: the wallet changes while it is counted", ErrWarmingUp)
	}
	return lndHoldings{}, err
}

func (n *lndWallet) reading(ctx context.Context) (h lndHoldings, err error) {
	if err = n.ask(ctx, http.MethodGet, "/v1/balance/blockchain", nil, &h.free); err != nil {
		return h, err
	}
	if h.coins, err = n.coins(ctx); err != nil {
		return h, err
	}
	h.leased, err = n.leased(ctx)
	return h, err
}

// leased asks walletrpc.ListLeases for the leased coins, and leaves out those that
// are spent. LND lists a lease until it ends or its coin is spent in a block, and
// its locked_balance counts it as long, although the change is counted already.
func (n *lndWallet) leased(ctx context.Context) ([]lndCoin, error) {
	var answer struct {
		Leases []struct {
			Outpoint lndOutpoint
			Value    btcutil.Amount `json:",string"`
		} `json:"locked_utxos"`
	}
	if err := n.ask(ctx, http.MethodPost, "/v2/wallet/utxos/leases", nil, &answer); err != nil || len(answer.Leases) == 0 {
		return nil, err
	}
	waiting, err := n.waiting(ctx)
	if err != nil {
		return nil, err
	}
	spent, young := map[string]bool{}, map[string]bool{}
	for _, t := range waiting {
		young[t.TxHash] = true
		for _, in := range t.Inputs {
			spent[in.Outpoint] = true
		}
	}
	var coins []lndCoin
	for _, l := range answer.Leases {
		if spent[fmt.Sprintf("%s:%d", l.Outpoint.TxID, l.Outpoint.Index)] {
			continue
		}
		c := lndCoin{Sat: l.Value, Depth: 1, Outpoint: l.Outpoint}
		if young[l.Outpoint.TxID] {
			c.Depth = 0
		}
		coins = append(coins, c)
	}
	return coins, nil
}
