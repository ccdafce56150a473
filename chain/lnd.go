package chain

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"

	"github.com/bitcoim/bitcoim/lnd"
)

// LNDConfig says how to reach LND's REST gateway. Its macaroon needs
// info:read, address:write, onchain:read and onchain:write; LND must be built
// with walletrpc and chainrpc, as releases are.
type LNDConfig = lnd.Config

// lndWallet is the on-chain wallet of LND 0.19 or later.
type lndWallet struct {
	rest     *lnd.Conn
	network  string
	params   *chaincfg.Params
	fallback FeeRate

	funding sync.Mutex // one coin selection at a time
	doubt   doubt
	pin     pin
	best    lndBest
}

func openLND(cfg Config, p *chaincfg.Params) (Node, error) {
	rest, err := lnd.Open(cfg.LND, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	return &lndWallet{rest: rest, network: cfg.Network, params: p, fallback: cfg.FallbackFeeRate}, nil
}

type lndInfo struct {
	Version     string
	BlockHeight int64  `json:"block_height"`
	BlockHash   string `json:"block_hash"`
	Synced      bool   `json:"synced_to_chain"`
	Header      int64  `json:"best_header_timestamp,string"`
	Chains      []struct{ Chain, Network string }
}

// Info asks /v1/getinfo. LND calls itself unsynced when the last block is two
// hours old; on a network without miners that means nothing.
func (n *lndWallet) Info(ctx context.Context) (Info, error) {
	var in lndInfo
	if err := n.rest.Call(ctx, http.MethodGet, "/v1/getinfo", nil, &in); err != nil {
		return Info{}, n.fault(ctx, err)
	}
	info := Info{
		Kind: "lnd", Version: in.Version, Height: in.BlockHeight, Hash: in.BlockHash,
		Synced: in.Synced || play(n.network) && time.Since(time.Unix(in.Header, 0)) > 2*time.Hour,
	}
	if len(in.Chains) > 0 {
		info.Network = in.Chains[0].Network
	}
	if len(in.Chains) != 1 || in.Chains[0].Chain != "bitcoin" || info.Network != n.network {
		n.pin.set(false)
		return info, fmt.Errorf("%w: %s instead of %s", ErrWrongChain, info.Network, n.network)
	}
	n.pin.set(true)
	return info, nil
}

// ask calls a node that is known to be on our network.
func (n *lndWallet) ask(ctx context.Context, method, path string, in, out any) error {
	if err := n.pin.check(ctx, n.Info); err != nil {
		return err
	}
	return n.fault(ctx, n.rest.Call(ctx, method, path, in, out))
}

// Address asks /v1/newaddress for P2WPKH. LND has no labels.
func (n *lndWallet) Address(ctx context.Context, _ string) (string, error) {
	var answer struct{ Address string }
	if err := n.ask(ctx, http.MethodGet, "/v1/newaddress?type=WITNESS_PUBKEY_HASH", nil, &answer); err != nil {
		return "", err
	}
	if _, err := scriptOf(n.params, answer.Address); err != nil {
		return "", err
	}
	return answer.Address, nil
}

// FeeRate asks walletrpc.EstimateFee.
func (n *lndWallet) FeeRate(ctx context.Context, target int) (FeeRate, error) {
	var answer struct {
		PerKW int64 `json:"sat_per_kw,string"`
		Relay int64 `json:"min_relay_fee_sat_per_kw,string"`
	}
	target = min(max(target, 2), 1008)
	err := n.ask(ctx, http.MethodGet, "/v2/wallet/estimatefee/"+strconv.Itoa(target), nil, &answer)
	if err != nil {
		return 0, err
	}
	if answer.PerKW <= 0 {
		if n.fallback == 0 {
			return 0, fmt.Errorf("%w: no fee estimate", ErrWarmingUp)
		}
		return n.fallback, nil
	}
	return max(minFeeRate, FeeRate(4*answer.PerKW), FeeRate(4*answer.Relay)), nil
}

// Close ends idle connections.
func (n *lndWallet) Close() error {
	n.rest.Close()
	return nil
}
