package regtest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
)

// Net is a network of LND nodes in a line: each has a channel with the next.
type Net struct {
	Chain    *Chain
	Nodes    []*LND
	Channels []string // channel points; the one at i is between Nodes[i] and Nodes[i+1]
}

// What each channel of a Net holds, in satoshis, and how much of that is the
// second node's.
const (
	ChannelSat  = 10_000_000
	ChannelPush = 5_000_000
)

// StartNet runs n nodes on a fresh chain in dir, and waits until each can pay
// each other. More arguments override those of every node.
func StartNet(ctx context.Context, dir string, bin nodes.Bin, n int, args ...string) (*Net, error) {
	chain, err := Start(ctx, filepath.Join(dir, "chain"), bin)
	if err != nil {
		return nil, err
	}
	net := &Net{Chain: chain, Nodes: make([]*LND, n), Channels: make([]string, n-1)}
	err = each(n, func(i int) (err error) {
		net.Nodes[i], err = StartLND(ctx, filepath.Join(dir, fmt.Sprint("lnd", i)), bin, chain, args...)
		return err
	})
	if err == nil {
		err = net.open(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, net.Stop())
	}
	return net, nil
}

// each runs f for 0 to n-1 at once.
func each(n int, f func(i int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = f(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// open funds all nodes by one transaction and opens all channels at once.
func (n *Net) open(ctx context.Context) error {
	outs := make([]Output, 0, len(n.Nodes))
	for _, l := range n.Nodes {
		to, err := l.Address(ctx)
		if err != nil {
			return err
		}
		outs = append(outs, Output{to, ChannelSat + 1_000_000}) // fees and anchors need some more
	}
	if _, err := n.Chain.Pay(ctx, outs...); err != nil {
		return err
	}
	if _, err := n.Chain.Mine(ctx, 1); err != nil {
		return err
	}
	err := each(len(n.Channels), func(i int) (err error) {
		n.Channels[i], err = n.Nodes[i].openTo(ctx, n.Nodes[i+1])
		return err
	})
	if err != nil {
		return err
	}
	if _, err := n.Chain.Mine(ctx, 6); err != nil { // so that they are announced
		return err
	}
	return n.Ready(ctx)
}

// openTo opens a channel as soon as the wallet has seen its coins.
func (l *LND) openTo(ctx context.Context, other *LND) (channel string, err error) {
	key, err := hex.DecodeString(other.PubKey)
	if err != nil {
		return "", err
	}
	var point struct {
		TxID  []byte `json:"funding_txid_bytes"`
		Index int    `json:"output_index"`
	}
	err = l.process.Ready(ctx, func(ctx context.Context) error {
		if confirmed, _, err := l.Balance(ctx); err != nil || confirmed < ChannelSat {
			return errors.Join(err, errors.New("the coins have not come"))
		}
		if err := l.Connect(ctx, other); err != nil {
			return err
		}
		return l.Call(ctx, "POST", "/v1/channels", map[string]any{
			"node_pubkey": base64.StdEncoding.EncodeToString(key), "sat_per_vbyte": "10",
			"local_funding_amount": fmt.Sprint(ChannelSat), "push_sat": fmt.Sprint(ChannelPush),
		}, &point)
	})
	slices.Reverse(point.TxID) // to the order that people read
	return fmt.Sprintf("%x:%d", point.TxID, point.Index), err
}

// Ready waits until every node that runs finds a way to every other.
func (n *Net) Ready(ctx context.Context) error {
	return each(len(n.Nodes), func(i int) error {
		l := n.Nodes[i]
		for j, other := range n.Nodes {
			if i == j {
				continue
			}
			channel := n.Channels[min(i, len(n.Channels)-1)]
			if j < i {
				channel = n.Channels[i-1]
			}
			err := l.process.Ready(ctx, func(ctx context.Context) error {
				if err := l.usable(ctx, channel); err != nil {
					return err
				}
				return l.Call(ctx, "GET", "/v1/graph/routes/"+other.PubKey+"/1000", nil, nil)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Stop ends the nodes, and then their chain.
func (n *Net) Stop() error {
	err := each(len(n.Nodes), func(i int) error {
		if n.Nodes[i] == nil || n.Nodes[i].process == nil {
			return nil
		}
		return n.Nodes[i].Stop()
	})
	return errors.Join(err, n.Chain.Stop())
}
