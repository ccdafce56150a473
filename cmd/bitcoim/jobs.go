package main

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/p2p"
	"github.com/bitcoim/bitcoim/worker"
)

// job is what goes on in a back room until the context ends.
type job func(ctx context.Context) error

// jobs are all that goes on besides the doors. The signal comes when a command
// or a job has given others something to do, and wake gives it to them and the doors.
func (g *gateway) jobs(self *worker.Instance, door *component.Component, signal *worker.Signal, wake func()) ([]job, error) {
	c := g.config
	blocks := &worker.Signal{} // comes when a block was announced
	pay := &worker.Pay{DB: g.db, Chain: g.node, Clock: time.Now, Log: g.log, Poll: c.Chain.Poll, Final: int64(c.Chain.FinalDepth),
		Frozen: &g.frozen, Wake: wake}
	count := rules(c)
	count.Unlooked = g.unlooked
	deposits := &worker.Deposits{DB: g.db, Chain: g.node, Rules: count, Log: g.log, Wake: wake}
	tell := &worker.Tell{DB: g.db, Teller: herald{door, c.XMPP.Domain}, Log: g.log}
	lapse := &worker.Expire{DB: g.db, Clock: time.Now, Wake: wake}
	all := g.loops(
		worker.Loop{Name: "instance", Poll: 5 * time.Second, Step: self.Step},
		worker.Loop{Name: "file", Poll: 30 * time.Second, Step: func(ctx context.Context) (bool, error) {
			more, err := self.Kept(ctx)
			return more, damaged(err)
		}},
		worker.Loop{Name: "deposits", Poll: c.Chain.Poll, Signal: blocks, Step: deposits.Step},
		worker.Loop{Name: "tell", Poll: time.Second, Signal: signal, Step: tell.Step},
		worker.Loop{Name: "lapse", Poll: time.Second, Step: lapse.Step},
		worker.Loop{Name: "sweep", Poll: time.Hour, Step: lapse.Sweep},
		worker.Loop{Name: "stops", Poll: min(5*time.Second, c.Audit.Every), Step: g.tellStops},
		worker.Loop{Name: "audit", Poll: min(firstLook, c.Audit.Every), Step: g.audit},
	)
	if g.lightning != nil {
		all = append(all, g.channels(signal, wake)...)
	}
	all = append(all, g.loops(memory(c.Moneysocket.Enabled)...)...)
	net, mode, err := openP2P(c)
	if err != nil {
		return nil, err
	}
	if net != nil {
		hand := &worker.Relay{DB: g.db, Net: net, Mode: mode, Clock: time.Now, Log: g.log, Alarm: c.P2P.Alarm, Wake: wake}
		pay.Stored = hand.Take
		all = append(all, g.network(net, hand, func() { blocks.Notify(); wake() }, signal)...)
	}
	return append(all, g.loops(worker.Loop{Name: "pay", Poll: time.Second, Signal: signal, Step: pay.Step})...), nil
}

// loops are jobs that repeat a step.
func (g *gateway) loops(of ...worker.Loop) []job {
	var all []job
	for _, l := range of {
		l.Log, l.Database = g.log, g.away
		all = append(all, l.Run)
	}
	return all
}

// channels pays invoices and books receipts.
func (g *gateway) channels(signal *worker.Signal, wake func()) []job {
	l := g.config.Lightning
	pay := &worker.Invoices{DB: g.db, Node: g.lightning, Clock: time.Now, Log: g.log, Poll: l.Poll, Wait: l.Timeout, MaxCLTV: int64(l.MaxCLTV),
		Frozen: &g.frozen, Wake: wake, Hands: make(chan struct{}, l.Hands)}
	receipts := &worker.Receipts{DB: g.db, Node: g.lightning, Log: g.log, Wake: wake}
	recall := &worker.Recall{DB: g.db, Node: g.lightning, Longest: config.LongestExpiry, Log: g.log}
	all := g.loops(
		worker.Loop{Name: "invoices", Poll: time.Second, Signal: signal, Step: pay.Step},
		worker.Loop{Name: "receipts", Poll: time.Second, Step: receipts.Step, Listens: true},
		worker.Loop{Name: "proofs", Poll: time.Minute, Step: pay.Proofs},
		worker.Loop{Name: "recall", Poll: 10 * time.Second, Signal: signal, Step: recall.Step},
	)
	paying := all[0]
	all[0] = func(ctx context.Context) error {
		defer pay.Rest()
		return paying(ctx)
	}
	return all
}

// network hands payments to the Bitcoin network and hears of blocks.
func (g *gateway) network(net *p2p.Client, hand *worker.Relay, announced func(), signal *worker.Signal) []job {
	heard := &worker.Blocks{DB: g.db, Net: net, Chain: g.node, Clock: time.Now, Log: g.log, Lag: g.config.P2P.Lag, Wake: announced}
	return append(g.loops(
		worker.Loop{Name: "relay", Poll: time.Second, Signal: signal, Step: hand.Step},
		worker.Loop{Name: "blocks", Poll: time.Second, Step: heard.Step},
	), net.Run)
}
