package regtest

import (
	"context"
	"os"
	"path/filepath"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
)

// Wallet is the descriptor wallet that a bitcoind chain has. It is empty.
const Wallet = "bitcoim"

// StartBitcoind is Start with Bitcoin Core, whose path nodes.Bitcoind finds.
// The rewards belong to the test here too, and not to the wallet.
func StartBitcoind(ctx context.Context, dir, bitcoind string) (*Chain, error) {
	c, err := newBitcoind(dir, bitcoind)
	if err != nil {
		return nil, err
	}
	if err := c.start(ctx, matured); err != nil {
		return nil, err
	}
	if err := c.CreateWallet(ctx); err != nil {
		c.process.Kill()
		return nil, err
	}
	return c, nil
}

// CreateWallet makes Wallet, which is loaded from then on.
func (c *Chain) CreateWallet(ctx context.Context) error {
	return c.RPC.Call(ctx, "createwallet", nil, Wallet, false, false, "", false, true, true)
}

// StartBitcoindPeer is StartPeer with Bitcoin Core, without a wallet. More
// arguments override ours.
func (c *Chain) StartBitcoindPeer(ctx context.Context, dir, bitcoind string, args ...string) (*Chain, error) {
	p, err := newBitcoind(dir, bitcoind, append([]string{"-addnode=" + c.P2P}, args...)...)
	if err != nil {
		return nil, err
	}
	want, err := c.Height(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.start(ctx, 0); err != nil {
		return nil, err
	}
	if err := p.AtHeight(ctx, want); err != nil {
		p.process.Kill()
		return nil, err
	}
	return p, nil
}

func newBitcoind(dir, bitcoind string, args ...string) (*Chain, error) {
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
	p2p, rpc := port.Address(ports[0]), port.Address(ports[1])
	c := &Chain{
		RPC: RPC{Host: rpc, User: "sandbox", Pass: "sandbox"}, P2P: p2p, Kind: "bitcoind",
		command: child.Command{
			Path: bitcoind, Dir: dir, Log: filepath.Join(dir, "bitcoind.log"),
			Args: append([]string{
				"-regtest", "-datadir=" + dir, "-server=1", "-txindex=1", "-fallbackfee=0.0002", "-bind=" + p2p,
				"-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", "-rpcport=" + rpc[len("127.0.0.1:"):], "-rpcuser=sandbox", "-rpcpassword=sandbox",
				"-dnsseed=0", "-fixedseeds=0", "-discover=0", "-listenonion=0", "-natpmp=0",
				"-whitelist=in,out,noban@127.0.0.1",
			}, args...),
		},
		lnd: []string{
			"--bitcoin.node=bitcoind", "--bitcoind.rpchost=" + rpc, "--bitcoind.rpcuser=sandbox", "--bitcoind.rpcpass=sandbox",
			"--bitcoind.rpcpolling", "--bitcoind.blockpollinginterval=250ms", "--bitcoind.txpollinginterval=250ms",
		},
	}
	c.mine = func(ctx context.Context, n int) (hashes []string, err error) {
		err = c.RPC.Call(ctx, "generatetoaddress", &hashes, n, ownAddress.String())
		return hashes, err
	}
	return c, nil
}
