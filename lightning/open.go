package lightning

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/bolt11"
	"github.com/bitcoim/bitcoim/lnd"
)

// Config says which node to use and how to reach it.
type Config struct {
	Kind    string // "lnd" or "moneysocket"
	Network string // "mainnet", "testnet4", "signet", "regtest"
	LND     lnd.Config
	// PubKey is the only node to speak to, in hexadecimal. If it is empty,
	// the first one that answers is remembered until Close.
	PubKey string
	// PrivateChannels lets invoices name channels that the network does not
	// know, for nodes that have no others.
	PrivateChannels bool
	// Timeout bounds every call that waits for the node and not for a
	// payment, if its context does not end sooner; 30 seconds if 0.
	Timeout time.Duration

	// Beacon is how a Moneysocket provider is reached that has an account of
	// ours. It is a secret.
	Beacon string
	// Journal is a file that knows what such a provider cannot be asked. It
	// belongs to the database of who pays through it, and is kept with it.
	Journal string
	// Budget says that what the provider shows is a budget and no balance, as
	// another bitcoim does: nothing is compared with it.
	Budget bool
	// NetDial opens the TCP connections to the provider; nil is a net.Dialer.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Redial is the first pause before a lost provider is dialled again, 5
	// seconds if 0. It grows to 30 seconds.
	Redial time.Duration
	// Log hears of the link to such a provider; nil is nobody.
	Log *slog.Logger
}

const defaultTimeout = 30 * time.Second

// kinds are the nodes we know.
var kinds = map[string]func(Config) (Node, error){
	"lnd":         openLND,
	"moneysocket": openMoneysocket,
}

// Open prepares to speak to a node. The node need not be up: only a
// configuration that can never work is an error here, Info tells the rest.
// The first call that reaches the node, and the first after it could not be
// reached, compares its network and key with ours, and nothing else is asked
// of it before: ErrWrongChain, ErrWrongNode.
func Open(_ context.Context, cfg Config) (Node, error) {
	open, ok := kinds[cfg.Kind]
	if !ok {
		return nil, fmt.Errorf("lightning: unknown kind of node %q", cfg.Kind)
	}
	if bolt11.Prefix(cfg.Network) == "" {
		return nil, fmt.Errorf("lightning: unknown network %q", cfg.Network)
	}
	cfg.PubKey = strings.ToLower(cfg.PubKey)
	if key, err := hex.DecodeString(cfg.PubKey); err != nil || len(key) != 0 && len(key) != 33 {
		return nil, fmt.Errorf("lightning: %q is no public key of a node", cfg.PubKey)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	return open(cfg)
}
