package regtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

// StartPeer runs another btcd in dir that takes its chain from this one, and
// waits until it has it. More arguments override ours. What it mines, and what
// waits in its mempool, the two tell each other. Its purse is empty: coins come
// from the chain that was started first.
func (c *Chain) StartPeer(ctx context.Context, dir string, bin nodes.Bin, args ...string) (*Chain, error) {
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
	p := &Chain{
		RPC: RPC{Host: rpc, User: "sandbox", Pass: "sandbox", Cert: cert}, P2P: p2p, Kind: "btcd", dir: dir,
		command: child.Command{
			Path: bin.Btcd, Dir: dir, Log: filepath.Join(dir, "btcd.log"),
			Args: slices.Concat([]string{
				"--regtest", "--datadir=" + filepath.Join(dir, "data"), "--logdir=" + filepath.Join(dir, "logs"),
				"--configfile=" + filepath.Join(dir, "none.conf"), "--listen=" + p2p, "--rpclisten=" + rpc,
				"--rpcuser=sandbox", "--rpcpass=sandbox", "--rpccert=" + cert, "--rpckey=" + filepath.Join(dir, "rpc.key"),
				"--miningaddr=" + ownAddress.String(), "--nobanning", "--trickleinterval=50ms", "--nodnsseed", "--utxocachemaxsize=20",
			}, args),
		},
	}
	p.mine = func(ctx context.Context, n int) (hashes []string, err error) {
		err = p.RPC.Call(ctx, "generate", &hashes, n)
		return hashes, err
	}
	want, err := c.Height(ctx)
	if err != nil {
		return nil, err
	}
	// A btcd that speaks v2 waits five seconds before it tries v1 with one that
	// does not. So that one is called, and does not call.
	called := slices.Contains(args, "--v2transport")
	if !called {
		p.command.Args = append(p.command.Args, "--addpeer="+c.P2P)
	}
	if p.process, err = child.Start(p.command); err != nil {
		return nil, err
	}
	if err = p.AtHeight(ctx, 0); err == nil && called {
		err = c.RPC.Call(ctx, "addnode", nil, p.P2P, "add")
	}
	if err == nil {
		err = p.AtHeight(ctx, want)
	}
	if err != nil {
		p.process.Kill()
		return nil, err
	}
	return p, nil
}

// AtHeight waits until the node has so many blocks.
func (c *Chain) AtHeight(ctx context.Context, want int64) error {
	return c.process.Ready(ctx, func(ctx context.Context) error {
		height, err := c.Height(ctx)
		if err == nil && height < want {
			err = fmt.Errorf("block %d, not yet %d", height, want)
		}
		return err
	})
}
