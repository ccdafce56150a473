package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/p2p"
)

// openP2P prepares to speak with the Bitcoin network; nil if that is off.
func openP2P(c config.Config) (*p2p.Client, p2p.Mode, error) {
	o := c.P2P
	if !o.Enabled {
		return nil, 0, nil
	}
	params, err := p2p.Network(c.Chain.Network)
	if err != nil {
		return nil, 0, err
	}
	mode, err := p2p.ParseMode(o.Mode)
	if err != nil {
		return nil, 0, err
	}
	client, err := p2p.New(p2p.Config{Params: params, Main: o.Main, Peers: o.Peers, Discover: o.Discover, MaxPeers: o.MaxPeers,
		Proxy: o.Proxy, DataDir: o.DataDir})
	return client, mode, err
}

// checkP2P looks whether somebody of the network answers.
func checkP2P(ctx context.Context, c config.Config) (string, error) {
	client, mode, err := openP2P(c)
	if err != nil {
		return "", err
	}
	if client == nil {
		return "off", nil
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	run, stop := context.WithCancel(ctx)
	var wait sync.WaitGroup
	wait.Go(func() { _ = client.Run(run) })
	err = client.Ready(ctx, 1)
	stop()
	wait.Wait()
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("no node answers")
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, a node answers", mode), nil
}
