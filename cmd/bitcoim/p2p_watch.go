package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

// fetchRate is how many foreign transactions a second -address fetches.
const fetchRate = 50

// sight is one line of `bitcoim p2p watch`.
type sight struct {
	Time    time.Time `json:"time"`
	What    string    `json:"what"`            // block, tx, payment, lost
	Hash    string    `json:"hash,omitempty"`  // of a block, or a txid
	Wtxid   string    `json:"wtxid,omitempty"` // where it is known
	Peer    string    `json:"peer,omitempty"`
	Height  int32     `json:"height,omitempty"`
	Address string    `json:"address,omitempty"`
	Sat     int64     `json:"sat,omitempty"`
	Lost    uint64    `json:"lost,omitempty"`
}

func p2pWatch(ctx context.Context, p *program, args []string) error {
	f := newP2PFlags(p, "watch")
	f.Lookup("timeout").Usage, f.Lookup("timeout").DefValue, f.timeout = "how long to watch; 0 is until it is interrupted", "0s", 0
	var ids, payees texts
	blocks := f.Bool("blocks", false, "print new blocks; so it is without other flags")
	txs := f.Bool("txs", false, "print announced transactions")
	f.Var(&ids, "txid", "print announcements of this transaction; may be given several times")
	f.Var(&payees, "address", "fetch announced transactions, 50 a second at most, and print what they pay to this address")
	if err := f.parse(args, 0); err != nil {
		return err
	}
	cfg, err := f.config(p)
	if err != nil {
		return err
	}
	scripts := map[string]string{}
	for _, text := range payees {
		addr, err := address.DecodeAddress(text, cfg.Params)
		if err != nil || !addr.IsForNet(cfg.Params) {
			return fmt.Errorf("%w: %q is no address of %s", p2p.ErrUsage, text, cfg.Params.Name)
		}
		script, err := txscript.PayToAddrScript(addr)
		if err != nil {
			return err
		}
		scripts[string(script)] = text
	}
	cfg.Txids = true // Bitcoin Core would announce wtxids, and nobody knows those of what is not ours
	kinds := []p2p.Kind{}
	if *blocks || !*txs && len(ids)+len(payees) == 0 {
		kinds = append(kinds, p2p.NewBlock)
	}
	if *txs || len(ids) > 0 {
		kinds = append(kinds, p2p.Announced)
	}
	if len(payees) > 0 {
		kinds, cfg.Fetch = append(kinds, p2p.Tx), fetchRate
	}
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	var events <-chan p2p.Event
	listen := func(c *p2p.Client) { events = c.Subscribe(ctx, kinds...) }
	return withClient(ctx, cfg, func(ctx context.Context, c *p2p.Client) error {
		wtxids := map[string]string{}
		for e := range events {
			if e.Lost > 0 {
				show(p, f.json, sight{Time: e.Time, What: "lost", Lost: e.Lost})
			}
			switch {
			case e.Kind == p2p.NewBlock:
				show(p, f.json, sight{Time: e.Time, What: "block", Hash: e.Hash.String(), Peer: e.Peer, Height: e.Block.Height})
			case e.Kind == p2p.Announced && slices.Contains(ids, e.Hash.String()):
				txid := e.Hash.String()
				if _, asked := wtxids[txid]; !asked {
					wtxids[txid] = wtxid(ctx, c, e)
				}
				show(p, f.json, sight{Time: e.Time, What: "tx", Hash: txid, Wtxid: wtxids[txid], Peer: e.Peer})
			case e.Kind == p2p.Announced && *txs && e.Wtxid: // it was not asked to
				show(p, f.json, sight{Time: e.Time, What: "tx", Wtxid: e.Hash.String(), Peer: e.Peer})
			case e.Kind == p2p.Announced && *txs:
				show(p, f.json, sight{Time: e.Time, What: "tx", Hash: e.Hash.String(), Peer: e.Peer})
			case e.Kind == p2p.Tx:
				payments(p, f.json, e, e.Tx.TxOut, scripts)
			}
		}
		return nil
	}, listen)
}

// wtxid asks the peer that announced a transaction for it, and says its other
// id; "" if the peer does not give it.
func wtxid(ctx context.Context, c *p2p.Client, e p2p.Event) string {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	m, _, err := c.Request(ctx, &wire.MsgGetData{InvList: []*wire.InvVect{wire.NewInvVect(wire.InvTypeWitnessTx, &e.Hash)}}, p2p.From(e.Peer))
	tx, ok := m.(*wire.MsgTx)
	if err != nil || !ok {
		return ""
	}
	return tx.WitnessHash().String()
}

// payments prints the outputs to addresses that are watched.
func payments(p *program, asJSON bool, e p2p.Event, outs []*wire.TxOut, scripts map[string]string) {
	for _, out := range outs {
		if to, ok := scripts[string(out.PkScript)]; ok {
			show(p, asJSON, sight{Time: e.Time, What: "payment", Hash: e.Hash.String(), Peer: e.Peer, Address: to, Sat: out.Value})
		}
	}
}

func show(p *program, asJSON bool, s sight) {
	if asJSON {
		_ = json.NewEncoder(p.out).Encode(s)
		return
	}
	line := s.Time.UTC().Format(time.TimeOnly) + " " + s.What
	if s.Height > 0 {
		line += fmt.Sprint(" ", s.Height)
	}
	if s.Hash != "" {
		line += " " + s.Hash
	}
	if s.Wtxid != "" && s.Wtxid != s.Hash {
		line += " wtxid " + s.Wtxid
	}
	if s.Address != "" {
		line += fmt.Sprintf(" pays %d sat to %s (unconfirmed, and only a peer says so)", s.Sat, s.Address)
	}
	if s.Peer != "" {
		line += " from " + s.Peer
	}
	if s.Lost > 0 {
		line += fmt.Sprintf(": %d lines that were too many", s.Lost)
	}
	fmt.Fprintln(p.out, line)
}
