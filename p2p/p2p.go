// Package p2p speaks the Bitcoin network's own protocol, as a light client
// with no chain and no keys. It keeps connections to some nodes, sorted by how
// fast they answer; it hands them our transactions and watches, on others that
// it gave nothing to, whether the network relays them.
//
// What a peer says is hearsay. It tells a payer where a payment is, and it
// tells the wallet to look now; it never credits money.
package p2p

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"golang.org/x/time/rate"
)

// Errors of this package. All but ErrUsage may pass with time.
var (
	ErrUsage    = errors.New("p2p: this cannot work") // wrapped: the configuration or a transaction makes no sense
	ErrNoPeer   = errors.New("p2p: no peer")
	ErrRejected = errors.New("p2p: every node that was asked refused it")
	ErrNotFound = errors.New("p2p: no peer gives it")
	ErrFull     = errors.New("p2p: too many transactions at once")
	ErrStopped  = errors.New("p2p: the client was stopped")
)

// V2Mode says whether to use the encrypted transport of BIP 324.
type V2Mode uint8

const (
	V2Auto V2Mode = iota // try it first, and fall back to the plain one
	V2Off
	V2Only
)

// Dialer opens a TCP connection.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// Config is how to find peers and how to treat them. Params is needed, and
// Main, Peers or Discover.
type Config struct {
	Params   *chaincfg.Params
	Main     string   // host:port of our own node: always called, always first
	Peers    []string // host:port of more nodes; without a port it is the network's
	Discover bool     // find more: by DNS seeds, by asking peers, from DataDir
	MaxPeers int      // connections at once; 0 is 8
	Targets  int      // how many of them are given a transaction; 0 is 4
	V2       V2Mode
	Proxy    string // host:port of a SOCKS5 proxy: then nothing is dialled or looked up without it
	DataDir  string // folder for the address book; "" keeps it in memory
	Agent    string // user agent (BIP 14); "" is /bitcoim/
	Rate     int    // transactions per second that Broadcast takes at most; 0 is no limit
	MaxTxs   int    // transactions that are looked after at once; 0 is 20,000
	Fetch    int    // foreign transactions per second that are fetched for Tx events; 0 is none
	Txids    bool   // have peers announce txids and not wtxids (no wtxidrelay, BIP 339)
	Times    Times
	Dial     Dialer                                                       // nil is net.Dialer
	Lookup   func(ctx context.Context, host string) ([]net.IPAddr, error) // of DNS seeds; nil is net.DefaultResolver
	Log      *slog.Logger                                                 // nil is silence
}

// Times are how long things take; 0 is the value in brackets.
type Times struct {
	Dial    time.Duration // until a peer is ready, from dialling on (10 s)
	Ping    time.Duration // between pings, give or take a quarter (30 s)
	Stall   time.Duration // a peer that answers or takes nothing for so long is left (60 s)
	Backoff time.Duration // before a peer that failed is called again, doubled with each failure up to ten minutes (1 s)
	Unseen  time.Duration // then two watchers become targets; after four times as long all do (30 s)
	Again   time.Duration // a transaction that is not mined is announced again, up to half as long later (10 min)
	GiveUp  time.Duration // then it is no longer announced (14 days)
	Rotate  time.Duration // the slowest peer that was found makes room for another (10 min)
	Answer  time.Duration // of one peer to one Request, then the next is asked (10 s)
}

func (t Times) orDefault() Times {
	for _, d := range []struct {
		at *time.Duration
		is time.Duration
	}{
		{&t.Dial, 10 * time.Second}, {&t.Ping, 30 * time.Second}, {&t.Stall, time.Minute}, {&t.Backoff, time.Second},
		{&t.Unseen, 30 * time.Second}, {&t.Again, 10 * time.Minute}, {&t.GiveUp, 14 * 24 * time.Hour}, {&t.Rotate, 10 * time.Minute},
		{&t.Answer, 10 * time.Second},
	} {
		if *d.at <= 0 {
			*d.at = d.is
		}
	}
	return t
}

// Client keeps the connections. It does nothing until Run.
type Client struct {
	cfg     Config
	log     *slog.Logger
	dial    Dialer
	book    *book
	accept  *rate.Limiter // transactions that Broadcast takes
	nonces  nonces
	poke    chan struct{} // wakes the keeper: a connection ended, or there is work
	subs    subscribers
	fetched recent
	fetches *rate.Limiter // foreign transactions

	mu      sync.Mutex
	running bool
	peers   map[string]*session           // by address; those that are not ready too
	live    map[chainhash.Hash]*Broadcast // by txid
	wtxids  map[chainhash.Hash]*Broadcast // by wtxid, where it differs
	bytes   int                           // of raw transactions in live
	ready   chan struct{}                 // closed and made anew when a peer becomes ready
	blocks  blocks
}

// New checks the configuration.
func New(cfg Config) (*Client, error) {
	if cfg.Params == nil {
		return nil, fmt.Errorf("%w: no network", ErrUsage)
	}
	cfg.MaxPeers, cfg.Targets, cfg.MaxTxs = orElse(cfg.MaxPeers, 8), orElse(cfg.Targets, 4), orElse(cfg.MaxTxs, 20_000)
	cfg.Times = cfg.Times.orDefault()
	if cfg.Agent == "" {
		cfg.Agent = "/bitcoim/"
	}
	if len(cfg.Agent) > 200 {
		return nil, fmt.Errorf("%w: the user agent is longer than 200 bytes", ErrUsage)
	}
	if cfg.Lookup == nil {
		cfg.Lookup = net.DefaultResolver.LookupIPAddr
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Main == "" && len(cfg.Peers) == 0 && !cfg.Discover {
		return nil, fmt.Errorf("%w: no peer is named, and none are to be looked for", ErrUsage)
	}
	c := &Client{
		log: cfg.Log, poke: make(chan struct{}, 1), peers: map[string]*session{},
		live: map[chainhash.Hash]*Broadcast{}, wtxids: map[chainhash.Hash]*Broadcast{}, ready: make(chan struct{}),
		accept: rate.NewLimiter(rate.Inf, 1), fetches: rate.NewLimiter(rate.Limit(cfg.Fetch), max(1, cfg.Fetch)),
		blocks: blocks{fetch: make(chan fetch, 16)},
	}
	if cfg.Rate > 0 {
		c.accept = rate.NewLimiter(rate.Limit(cfg.Rate), max(1, cfg.Rate/10))
	}
	var err error
	if c.dial, err = dialer(cfg); err != nil {
		return nil, err
	}
	if c.book, err = newBook(&cfg); err != nil {
		return nil, err
	}
	c.cfg = cfg
	return c, nil
}

func orElse(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}
