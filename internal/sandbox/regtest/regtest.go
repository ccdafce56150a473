// Package regtest runs a private Bitcoin chain on loopback, and Lightning
// nodes on it. Blocks come when a test asks for them and at no other time.
package regtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

// Chain is one node on a regtest chain whose coins belong to the test.
type Chain struct {
	RPC  RPC    // how to call the node
	P2P  string // host:port of the Bitcoin protocol
	Kind string // "btcd" or "bitcoind"

	dir     string
	command child.Command
	process *child.Process
	mine    func(ctx context.Context, n int) ([]string, error)
	lnd     []string // arguments that point an LND at this node

	mu    sync.Mutex // guards what follows
	purse purse
	kept  []block // the best chain without its first block, for a node that forgets it
}

// matured is how high a fresh chain is: segwit is active from block 432 on, and
// the rewards of more than 300 blocks can be spent.
const matured = 450

// Start runs btcd in dir on a fresh chain of about 450 blocks. The context
// bounds the start; the chain runs until Stop.
func Start(ctx context.Context, dir string, bin nodes.Bin) (*Chain, error) {
	ports, err := port.Several(2)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	p2p, rpc, cert := port.Address(ports[0]), port.Address(ports[1]), filepath.Join(dir, "rpc.cert")
	c := &Chain{
		RPC: RPC{Host: rpc, User: "sandbox", Pass: "sandbox", Cert: cert}, P2P: p2p, Kind: "btcd", dir: dir,
		command: child.Command{
			Path: bin.Btcd, Dir: dir, Log: filepath.Join(dir, "btcd.log"),
			Args: []string{
				"--regtest", "--datadir=" + filepath.Join(dir, "data"), "--logdir=" + filepath.Join(dir, "logs"),
				"--configfile=" + filepath.Join(dir, "none.conf"), "--listen=" + p2p, "--rpclisten=" + rpc,
				"--rpcuser=sandbox", "--rpcpass=sandbox", "--rpccert=" + cert, "--rpckey=" + filepath.Join(dir, "rpc.key"),
				"--rpcmaxclients=100", "--rpcmaxwebsockets=100", "--txindex", "--miningaddr=" + ownAddress.String(),
				"--nobanning", "--trickleinterval=50ms", "--nodnsseed", "--relaynonstd", "--utxocachemaxsize=20",
			},
		},
		lnd: []string{
			"--bitcoin.node=btcd", "--btcd.rpchost=" + rpc, "--btcd.rpcuser=sandbox", "--btcd.rpcpass=sandbox", "--btcd.rpccert=" + cert,
		},
	}
	c.mine = func(ctx context.Context, n int) (hashes []string, err error) {
		err = c.RPC.Call(ctx, "generate", &hashes, n)
		return hashes, err
	}
	return c, c.start(ctx, matured)
}

// start runs the node and gives a fresh chain its first blocks.
func (c *Chain) start(ctx context.Context, blocks int64) error {
	var err error
	if c.process, err = child.Start(c.command); err != nil {
		return err
	}
	var height int64
	err = c.process.Ready(ctx, func(ctx context.Context) error {
		height, err = c.Height(ctx)
		return err
	})
	if err == nil {
		err = c.replay(ctx, height)
	}
	if err == nil && height < blocks {
		_, err = c.Mine(ctx, int(blocks-height))
	}
	if err != nil {
		c.process.Kill()
	}
	return err
}

// Mine makes n blocks of what is in the mempool and returns their hashes,
// oldest first.
func (c *Chain) Mine(ctx context.Context, n int) ([]string, error) {
	hashes, err := c.mine(ctx, n)
	if err == nil && len(hashes) != n {
		err = fmt.Errorf("mined %d blocks, not %d", len(hashes), n)
	}
	if err != nil {
		return nil, err
	}
	return hashes, c.keep(ctx)
}

// Height is the number of the best block.
func (c *Chain) Height(ctx context.Context) (height int64, err error) {
	err = c.RPC.Call(ctx, "getblockcount", &height)
	return height, err
}

// Hash is the hash of the block at a height of the best chain.
func (c *Chain) Hash(ctx context.Context, height int64) (hash string, err error) {
	err = c.RPC.Call(ctx, "getblockhash", &hash, height)
	return hash, err
}

// Mempool lists the transactions that wait for a block.
func (c *Chain) Mempool(ctx context.Context) (txids []string, err error) {
	err = c.RPC.Call(ctx, "getrawmempool", &txids)
	return txids, err
}

// Invalidate takes a block and all that follow it out of the best chain. Their
// transactions go back to the mempool.
func (c *Chain) Invalidate(ctx context.Context, hash string) error {
	if err := c.RPC.Call(ctx, "invalidateblock", nil, hash); err != nil {
		return err
	}
	return c.keep(ctx)
}

// Reconsider undoes Invalidate.
func (c *Chain) Reconsider(ctx context.Context, hash string) error {
	if err := c.RPC.Call(ctx, "reconsiderblock", nil, hash); err != nil {
		return err
	}
	return c.keep(ctx)
}

// Pause freezes the node, as a machine that hangs would.
func (c *Chain) Pause() error { return c.process.Pause() }

// Resume lets a paused node go on.
func (c *Chain) Resume() error { return c.process.Resume() }

// Kill ends the node at once. What it did not write to disk is lost.
func (c *Chain) Kill() error { return c.process.Kill() }

// Stop ends the node. Stop the Lightning nodes on it first: without their
// chain they take long to stop.
func (c *Chain) Stop() error { return c.process.Stop(syscall.SIGTERM) }

// Restart stops the node if it runs, and runs it again on the same ports with
// the same chain. What waited in the mempool is lost.
func (c *Chain) Restart(ctx context.Context) error {
	if err := c.Stop(); err != nil {
		return err
	}
	return c.start(ctx, 0)
}
