package chain

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
)

// BitcoindConfig says how to reach a wallet of bitcoind. The RPC is clear
// text: loopback or a tunnel. Its user needs no more than the methods called
// here (rpcwhitelist).
type BitcoindConfig struct {
	URL        string // http://host:port or host:port
	Wallet     string // its name, empty for the default wallet
	User       string
	Password   string
	CookieFile string // instead of user and password
}

// core is a wallet of Bitcoin Core 0.21 or later, or of its kin. Users are no
// accounts of the wallet (those are gone since 0.18) but labels of addresses.
type core struct {
	rpc      *coreRPC
	wallet   string // its name
	network  string
	params   *chaincfg.Params
	fallback FeeRate

	funding sync.Mutex // one coin selection at a time
	doubt   doubt
	pin     pin
}

func openBitcoind(cfg Config, p *chaincfg.Params) (Node, error) {
	rpc, err := newCoreRPC(cfg.Bitcoind, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	return &core{rpc: rpc, wallet: cfg.Bitcoind.Wallet, network: cfg.Network, params: p, fallback: cfg.FallbackFeeRate}, nil
}

// Info asks getblockchaininfo, and getblockhash 0 to know the network by its
// first block.
func (n *core) Info(ctx context.Context) (Info, error) {
	var in struct {
		Blocks  int64
		Headers int64
		Hash    string `json:"bestblockhash"`
		Initial bool   `json:"initialblockdownload"`
	}
	if err := n.rpc.call(ctx, &in, "getblockchaininfo"); err != nil {
		return Info{}, n.fault(err)
	}
	var first string
	if err := n.rpc.call(ctx, &first, "getblockhash", 0); err != nil {
		return Info{}, n.fault(err)
	}
	var version struct{ Subversion string }
	if err := n.rpc.call(ctx, &version, "getnetworkinfo"); err != nil {
		return Info{}, n.fault(err)
	}
	info := Info{
		Kind: "bitcoind", Version: strings.Trim(version.Subversion, "/"), Height: in.Blocks, Hash: in.Hash,
		Synced: in.Blocks == in.Headers && (!in.Initial || play(n.network)),
	}
	if first != n.params.GenesisHash.String() {
		n.pin.set(false)
		return info, fmt.Errorf("%w: its first block is %s", ErrWrongChain, first)
	}
	info.Network = n.network
	n.pin.set(true)
	return info, nil
}

// ask calls a node that is known to be on our network.
func (n *core) ask(ctx context.Context, out any, method string, params ...any) error {
	if err := n.pin.check(ctx, n.Info); err != nil {
		return err
	}
	return n.fault(n.rpc.call(ctx, out, method, params...))
}

// Address asks getnewaddress for bech32. The label "*" means all labels to
// bitcoind, and is dropped.
func (n *core) Address(ctx context.Context, label string) (string, error) {
	if label == "*" {
		label = ""
	}
	var addr string
	if err := n.ask(ctx, &addr, "getnewaddress", label, "bech32"); err != nil {
		return "", err
	}
	if _, err := scriptOf(n.params, addr); err != nil {
		return "", err
	}
	return addr, nil
}

// FeeRate asks estimatesmartfee, which has no answer before the node has seen
// enough blocks.
func (n *core) FeeRate(ctx context.Context, target int) (FeeRate, error) {
	var answer struct {
		FeeRate json.Number `json:",omitempty"`
	}
	if err := n.ask(ctx, &answer, "estimatesmartfee", min(max(target, 1), 1008)); err != nil {
		return 0, err
	}
	if answer.FeeRate == "" {
		if n.fallback == 0 {
			return 0, fmt.Errorf("%w: no fee estimate", ErrWarmingUp)
		}
		return n.fallback, nil
	}
	rate, err := satsOf(answer.FeeRate)
	return max(minFeeRate, FeeRate(rate)), err
}

// Balance asks getbalance for what has a block and getbalances for the rest.
func (n *core) Balance(ctx context.Context) (Balance, error) {
	var deep json.Number
	if err := n.ask(ctx, &deep, "getbalance", "*", 1); err != nil {
		return Balance{}, err
	}
	var all struct {
		Mine struct {
			Trusted json.Number
			Pending json.Number `json:"untrusted_pending"`
		}
	}
	if err := n.ask(ctx, &all, "getbalances"); err != nil {
		return Balance{}, err
	}
	held := [3]btcutil.Amount{}
	for i, v := range []json.Number{deep, all.Mine.Trusted, all.Mine.Pending} {
		var err error
		if held[i], err = satsOf(v); err != nil {
			return Balance{}, err
		}
	}
	return Balance{
		Confirmed:   msats(held[0]),
		Unconfirmed: msats(held[1] + held[2] - held[0]),
	}, nil
}

// Close does nothing: no connection outlives its call.
func (n *core) Close() error { return nil }
