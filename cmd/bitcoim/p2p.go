package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/p2p"
)

// p2pUses are the uses of `bitcoim p2p`. None of them reads the configuration
// file.
var p2pUses = []verb{
	{"send", "[FLAGS] HEX|@FILE|-", "hand transactions to the network and see them arrive; - reads one a line", p2pSend},
	{"watch", "[FLAGS] [-blocks] [-txs] [-txid ID]... [-address ADDRESS]...", "print what peers announce", p2pWatch},
	{"peers", "[FLAGS] [-pings N]", "connect, and list the peers by how fast they answer", p2pPeers},
	{"get", "[FLAGS] tx|block|headers HASH", "ask peers for one thing", p2pGet},
	{"getaddr", "[FLAGS]", "ask peers for the addresses of others", p2pGetAddr},
	{"version", "[FLAGS] HOST:PORT", "print what a node says of itself", p2pVersion},
}

// Exit codes of `bitcoim p2p`, beside 0, and 2 for wrong usage.
const (
	exitNotReached = 3 // it was sent, and the level was not reached in time
	exitRejected   = 4 // nodes refused it, or know of a conflict
	exitNoPeer     = 5
)

// coded is an error with an exit code of its own.
type coded struct {
	code int
	err  error
}

func (c coded) Error() string { return c.err.Error() }
func (c coded) Unwrap() error { return c.err }

// p2pVerb is `bitcoim p2p`.
func p2pVerb(ctx context.Context, p *program, args []string) error {
	if len(args) > 0 {
		for _, u := range p2pUses {
			if u.name == args[0] {
				return p2pCode(u.run(ctx, p, args[1:]))
			}
		}
	}
	fmt.Fprintln(p.err, "usage: bitcoim p2p")
	for _, u := range p2pUses {
		fmt.Fprintf(p.err, "  %-8s %-64s %s\n", u.name, u.args, u.does)
	}
	return errUsage
}

// p2pCode gives an error its exit code.
func p2pCode(err error) error {
	_, has := errors.AsType[coded](err)
	switch {
	case err == nil, has, errors.Is(err, errUsage):
		return err
	case errors.Is(err, p2p.ErrUsage):
		return coded{2, err}
	case errors.Is(err, p2p.ErrNoPeer):
		return coded{exitNoPeer, err}
	case errors.Is(err, p2p.ErrRejected):
		return coded{exitRejected, err}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, p2p.ErrNotFound):
		return coded{exitNotReached, err}
	}
	return err
}

// p2pFlags are those that every use has.
type p2pFlags struct {
	*flag.FlagSet
	net, main, proxy, v2, data string
	peers                      texts
	seeds, json, verbose       bool
	timeout                    time.Duration
	rest                       []string // what is not a flag
}

// texts is a flag that may be given several times.
type texts []string

func (t *texts) String() string     { return strings.Join(*t, ",") }
func (t *texts) Set(s string) error { *t = append(*t, s); return nil }

func newP2PFlags(p *program, name string) *p2pFlags {
	f := &p2pFlags{FlagSet: flag.NewFlagSet("p2p "+name, flag.ContinueOnError)}
	f.SetOutput(p.err)
	f.StringVar(&f.net, "net", "mainnet", "network: "+strings.Join(p2p.Networks, ", "))
	f.Var(&f.peers, "peer", "`host:port` of a node; may be given several times")
	f.StringVar(&f.main, "main", "", "`host:port` of your own node: it is always first")
	f.BoolVar(&f.seeds, "seeds", false, "find more nodes: by DNS seeds, and by asking nodes")
	f.StringVar(&f.proxy, "proxy", "", "`socks5://host:port`; then nothing goes out without it")
	f.StringVar(&f.v2, "v2", "auto", "the encrypted transport (BIP 324): auto, off, only")
	f.StringVar(&f.data, "datadir", "", "`folder` for the book of addresses that were found")
	f.DurationVar(&f.timeout, "timeout", time.Minute, "how long to try")
	f.BoolVar(&f.json, "json", false, "print lines of JSON")
	f.BoolVar(&f.verbose, "v", false, "say on standard error how connections go")
	return f
}

// parse reads flags, which may stand behind what is not a flag too, and fails
// unless n of the latter are there.
func (f *p2pFlags) parse(args []string, n int) error {
	for f.rest = nil; ; args = f.Args()[1:] {
		if f.Parse(args) != nil {
			return errUsage
		}
		if f.NArg() == 0 {
			break
		}
		f.rest = append(f.rest, f.Arg(0))
	}
	if len(f.rest) != n {
		fmt.Fprintf(f.Output(), "%s takes %d arguments beside its flags, not %d\n", f.Name(), n, len(f.rest))
		return errUsage
	}
	return nil
}

// config turns the flags into a client's.
func (f *p2pFlags) config(p *program) (p2p.Config, error) {
	params, err := p2p.Network(f.net)
	if err != nil {
		return p2p.Config{}, err
	}
	mode, ok := map[string]p2p.V2Mode{"auto": p2p.V2Auto, "off": p2p.V2Off, "only": p2p.V2Only}[f.v2]
	if !ok {
		return p2p.Config{}, fmt.Errorf("%w: -v2 is auto, off or only", p2p.ErrUsage)
	}
	cfg := p2p.Config{
		Params: params, Main: f.main, Peers: f.peers, Discover: f.seeds, V2: mode, DataDir: f.data,
		Proxy: strings.TrimPrefix(f.proxy, "socks5://"), Agent: "/bitcoim:" + version + "/",
	}
	if f.verbose {
		cfg.Log = slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return cfg, nil
}

// named is how many peers to wait for before one begins: those that were
// named, or some of those that will be found.
func (f *p2pFlags) named() int {
	n := len(f.peers)
	if f.main != "" {
		n++
	}
	if n == 0 {
		return 4
	}
	return min(n, 8)
}

// withClient runs a client while do does its work. What is to be there before
// anybody is connected, before makes.
func withClient(ctx context.Context, cfg p2p.Config, do func(context.Context, *p2p.Client) error, before ...func(*p2p.Client)) error {
	c, err := p2p.New(cfg)
	if err != nil {
		return err
	}
	for _, b := range before {
		b(c)
	}
	running, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	work.Go(func() { _ = c.Run(running) })
	return do(ctx, c)
}

// gather waits for all of n peers for a while, and for one of them for the
// rest of the time.
func gather(ctx context.Context, c *p2p.Client, n int, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	most, stop := context.WithTimeout(ctx, min(timeout/4, 5*time.Second))
	defer stop()
	if c.Ready(most, n) == nil {
		return nil
	}
	return c.Ready(ctx, 1)
}

// terminal reports whether a person looks at w.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
