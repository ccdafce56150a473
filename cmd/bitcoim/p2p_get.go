package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"text/tabwriter"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

func p2pPeers(ctx context.Context, p *program, args []string) error {
	f := newP2PFlags(p, "peers")
	pings := f.Int("pings", 3, "how often to ping each")
	if err := f.parse(args, 0); err != nil {
		return err
	}
	return f.with(ctx, p, func(ctx context.Context, c *p2p.Client) error {
		for range *pings {
			for _, peer := range c.Peers() {
				_, _, _ = c.Request(ctx, wire.NewMsgPing(rand.Uint64()), p2p.From(peer.Addr))
			}
		}
		return f.list(p, c.Peers())
	})
}

// with connects and does something within the timeout.
func (f *p2pFlags) with(ctx context.Context, p *program, do func(context.Context, *p2p.Client) error) error {
	cfg, err := f.config(p)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	return withClient(ctx, cfg, func(ctx context.Context, c *p2p.Client) error {
		if err := gather(ctx, c, f.named(), f.timeout); err != nil {
			return err
		}
		return do(ctx, c)
	})
}

func (f *p2pFlags) list(p *program, peers []p2p.Peer) error {
	if f.json {
		e := json.NewEncoder(p.out)
		for _, peer := range peers {
			if err := e.Encode(peer); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "peer\trtt\trole\theight\ttransport\tfee filter\tagent")
	for _, peer := range peers {
		transport := "v1"
		if peer.V2 {
			transport = "v2"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%d\t%s\n", peer.Addr, peer.RTT.Round(10*time.Microsecond), peer.Role, peer.Height, transport, peer.FeeFilter, peer.Agent)
	}
	return t.Flush()
}

func p2pVersion(ctx context.Context, p *program, args []string) error {
	f := newP2PFlags(p, "version")
	if err := f.parse(args, 1); err != nil {
		return err
	}
	f.peers, f.main, f.seeds = texts{f.rest[0]}, "", false
	return f.with(ctx, p, func(_ context.Context, c *p2p.Client) error { return f.list(p, c.Peers()) })
}

func p2pGetAddr(ctx context.Context, p *program, args []string) error {
	f := newP2PFlags(p, "getaddr")
	if err := f.parse(args, 0); err != nil {
		return err
	}
	return f.with(ctx, p, func(ctx context.Context, c *p2p.Client) error {
		m, _, err := c.Request(ctx, wire.NewMsgGetAddr())
		if err != nil {
			return err
		}
		for _, addr := range p2p.Addresses(m) {
			if f.json {
				err = json.NewEncoder(p.out).Encode(map[string]string{"addr": addr})
			} else {
				_, err = fmt.Fprintln(p.out, addr)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func p2pGet(ctx context.Context, p *program, args []string) error {
	f := newP2PFlags(p, "get")
	if err := f.parse(args, 2); err != nil {
		return err
	}
	hash, err := chainhash.NewHashFromStr(f.rest[1])
	if err != nil {
		return fmt.Errorf("%w: %w", p2p.ErrUsage, err)
	}
	var question wire.Message
	switch f.rest[0] {
	case "tx":
		question = &wire.MsgGetData{InvList: []*wire.InvVect{wire.NewInvVect(wire.InvTypeWitnessTx, hash)}}
	case "block":
		question = &wire.MsgGetData{InvList: []*wire.InvVect{wire.NewInvVect(wire.InvTypeWitnessBlock, hash)}}
	case "headers":
		question = &wire.MsgGetHeaders{ProtocolVersion: wire.ProtocolVersion, BlockLocatorHashes: []*chainhash.Hash{hash}}
	default:
		return fmt.Errorf("%w: get tx, block or headers", p2p.ErrUsage)
	}
	return f.with(ctx, p, func(ctx context.Context, c *p2p.Client) error {
		m, from, err := c.Request(ctx, question)
		if f.rest[0] == "tx" && errors.Is(err, p2p.ErrNotFound) {
			m, from, err = askAgain(ctx, c, question)
		}
		if err != nil {
			return err
		}
		return f.print(p, m, from)
	})
}

// askAgain asks for a transaction until somebody gives it or the time is over.
// Bitcoin Core gives what was in its mempool when it last announced something
// on this connection, so a moment ago nobody gave anything.
func askAgain(ctx context.Context, c *p2p.Client, question wire.Message) (m wire.Message, from p2p.Peer, err error) {
	wait, cancel := context.WithTimeout(ctx, tellingTime)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-wait.Done():
			return nil, p2p.Peer{}, fmt.Errorf("%w: a node gives only what is older than its last announcement to us, so it may have it", p2p.ErrNotFound)
		case <-tick.C:
		}
		if m, from, err = c.Request(wait, question); err == nil {
			return m, from, nil
		}
	}
}

// tellingTime is in which a busy node has announced something, nearly always:
// it does so every five seconds on average.
const tellingTime = 20 * time.Second

// print writes an answer in hex, each header on a line of its own.
func (f *p2pFlags) print(p *program, m wire.Message, from p2p.Peer) error {
	var all []string
	add := func(write func(*bytes.Buffer) error) error {
		var b bytes.Buffer
		err := write(&b)
		all = append(all, hex.EncodeToString(b.Bytes()))
		return err
	}
	var err error
	switch m := m.(type) {
	case *wire.MsgTx:
		err = add(func(b *bytes.Buffer) error { return m.Serialize(b) })
	case *wire.MsgBlock:
		err = add(func(b *bytes.Buffer) error { return m.Serialize(b) })
	case *wire.MsgHeaders:
		for _, h := range m.Headers {
			if err = add(func(b *bytes.Buffer) error { return h.Serialize(b) }); err != nil {
				break
			}
		}
	}
	for _, text := range all {
		if err != nil {
			break
		}
		if f.json {
			err = json.NewEncoder(p.out).Encode(map[string]string{"hex": text, "peer": from.Addr})
		} else {
			_, err = fmt.Fprintln(p.out, text)
		}
	}
	return err
}
