package lightning

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lnd"
)

// lndNode is LND 0.20 or later.
type lndNode struct {
	rest    *lnd.Conn
	network string
	private bool
	timeout time.Duration

	mu     sync.Mutex
	seen   time.Time // when it last was ours; zero if it did not answer since
	pubKey string    // of our node, once known
}

// lookAgain is for how long we take the node for the one it was. It may have
// been replaced without a call of ours that failed.
const lookAgain = time.Minute

func openLND(cfg Config) (Node, error) {
	rest, err := lnd.Open(cfg.LND, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	return &lndNode{
		rest: rest, network: cfg.Network, private: cfg.PrivateChannels,
		timeout: cfg.Timeout, pubKey: cfg.PubKey,
	}, nil
}

type lndInfo struct {
	Version string
	PubKey  string `json:"identity_pubkey"`
	Alias   string
	Height  int64 `json:"block_height"`
	Chain   bool  `json:"synced_to_chain"`
	Graph   bool  `json:"synced_to_graph"`
	Header  int64 `json:"best_header_timestamp,string"`
	Chains  []struct{ Chain, Network string }
}

// Info asks /v1/getinfo. LND calls itself unsynced when the last block is two
// hours old; on a network without miners that means nothing.
func (n *lndNode) Info(ctx context.Context) (Info, error) {
	var in lndInfo
	if err := n.rest.Call(ctx, http.MethodGet, "/v1/getinfo", nil, &in); err != nil {
		return Info{}, n.fault(ctx, err)
	}
	if key, err := hex.DecodeString(in.PubKey); err != nil || len(key) != 33 {
		n.lost()
		return Info{}, fmt.Errorf("%w: LND says who it is by %q", ErrUnreachable, in.PubKey)
	}
	info := Info{Kind: "lnd", Version: in.Version, PubKey: in.PubKey, Alias: in.Alias, Height: in.Height}
	play := n.network == "regtest" || n.network == "simnet"
	info.Synced = in.Graph && (in.Chain || play && time.Since(time.Unix(in.Header, 0)) > 2*time.Hour)
	if len(in.Chains) > 0 {
		info.Network = in.Chains[0].Network
	}
	if len(in.Chains) != 1 || in.Chains[0].Chain != "bitcoin" || info.Network != n.network {
		n.lost()
		return info, fmt.Errorf("%w: %s instead of %s", ErrWrongChain, info.Network, n.network)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.pubKey == "" {
		n.pubKey = info.PubKey
	}
	if info.PubKey != n.pubKey {
		n.seen = time.Time{}
		return info, fmt.Errorf("%w: %s instead of %s; is lnd.url right, and lightning.node?", ErrWrongNode, info.PubKey, n.pubKey)
	}
	n.seen = time.Now()
	return info, nil
}

// ours sees to it that the node is the one we know. It asks now and then, and
// after the node could not be reached: what answers then may be another one.
func (n *lndNode) ours(ctx context.Context) (pubKey string, err error) {
	n.mu.Lock()
	seen, pubKey := n.seen, n.pubKey
	n.mu.Unlock()
	if time.Since(seen) < lookAgain {
		return pubKey, nil
	}
	info, err := n.Info(ctx)
	return info.PubKey, err
}

func (n *lndNode) lost() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen = time.Time{}
}

// ask calls a node that is ours. The fault of an answer that nobody knows is
// the *lnd.Reply itself.
func (n *lndNode) ask(ctx context.Context, method, path string, in, out any) error {
	if _, err := n.ours(ctx); err != nil {
		return err
	}
	return n.fault(ctx, n.rest.Call(ctx, method, path, in, out))
}

func (n *lndNode) read(ctx context.Context, path string, out any) error {
	return n.ask(ctx, http.MethodGet, path, nil, out)
}

type lndAmount struct {
	Msat int64 `json:"msat,string"`
}

// Balance asks /v1/balance/channels and /v1/channels/pending. LND counts a
// payment on its way out with the peer, until it has arrived.
func (n *lndNode) Balance(ctx context.Context) (Balance, error) {
	var b struct {
		Local    lndAmount `json:"local_balance"`
		Remote   lndAmount `json:"remote_balance"`
		Outgoing lndAmount `json:"unsettled_remote_balance"`
		Opening  lndAmount `json:"pending_open_local_balance"`
	}
	if err := n.read(ctx, "/v1/balance/channels", &b); err != nil {
		return Balance{}, err
	}
	var p struct {
		Limbo int64 `json:"total_limbo_balance,string"`
	}
	if err := n.read(ctx, "/v1/channels/pending", &p); err != nil {
		return Balance{}, err
	}
	return Balance{
		Local:   amount.Msat(b.Local.Msat + b.Outgoing.Msat),
		Remote:  amount.Msat(b.Remote.Msat),
		Pending: amount.Msat(b.Opening.Msat) + amount.FromSats(p.Limbo),
	}, nil
}

// Close ends idle connections.
func (n *lndNode) Close() error {
	n.rest.Close()
	return nil
}
