package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/sdnotify"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
	"github.com/bitcoim/bitcoim/worker"
)

// serve runs the gateway until the context ends. This is the wiring: read it
// first.
func serve(ctx context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return p.wrong("serve")
	}
	c, err := p.load()
	if err != nil {
		return err
	}
	log := logger(c, p)
	d, err := openDB(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	release, err := d.Alone()
	if err != nil {
		return err
	}
	defer func() { _ = release() }()
	if err := d.Current(ctx); err != nil {
		return err
	}
	if err := inTime(ctx, d, time.Now); err != nil {
		return err
	}
	node, err := openChain(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = node.Close() }()
	ln, err := openLightning(ctx, c, log)
	if err != nil {
		return err
	}
	defer closeLightning(ln)
	words, err := i18n.Load(c.Messages.Dir)
	if err != nil {
		return err
	}
	g := &gateway{config: c, log: log, db: d, node: node, lightning: ln, words: words}
	newest, err := paymentorder.Newest(ctx, d.Read())
	if err != nil {
		return err
	}
	g.untilLooked(newest)
	g.away = &worker.Away{Answers: g.alive}
	return g.run(ctx)
}

// gateway is everything that runs.
type gateway struct {
	config    config.Config
	log       *slog.Logger
	db        *db.DB
	node      chain.Node
	lightning lightning.Node // nil without
	words     *i18n.Catalogue
	frozen    atomic.Bool  // no new payments: this gateway has not looked at the nodes, or could not write down what it found
	newest    atomic.Int64 // number of the newest order at that time, a paymentorder.ID
	looks     looks
	away      *worker.Away // of the database, as all loops see it
	stops     stops
}

func (g *gateway) run(ctx context.Context) error {
	signal := &worker.Signal{}
	ln, err := desksLightning(g.config, g.lightning)
	if err != nil {
		return err
	}
	rates, err := openRates(g.config, g.log)
	if err != nil {
		return err
	}
	programs, err := apps(g.config)
	if err != nil {
		return err
	}
	self := &worker.Instance{DB: g.db, Name: rand.Text(), Clock: time.Now}
	desk := command.New(&wallet.Service{DB: g.db, Accounts: &useraccount.Finder{}, Chain: wallet.Breaker(g.node), Lightning: ln, Exchange: rates, Words: g.words,
		Policy: house(g.config), Apps: programs, Clock: time.Now, Pace: pace(g.config)})
	door := component.New(doorConfig(g.config, self, desk.Pace), desk, g.words, g.log)
	others, err := g.openDoors(ctx, desk, self.Name)
	if err != nil {
		return err
	}
	wake := func() { signal.Notify(); others.notify() }
	desk.Notify, desk.Unlooked = wake, g.unlooked

	// The loops stop after the door: what it took in is still told.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	jobs, err := g.jobs(self, door, signal, wake)
	if err != nil {
		return err
	}
	if rates != nil {
		jobs = append(jobs, rates.Run)
	}
	var back errgroup.Group
	for _, job := range jobs {
		back.Go(func() error { return job(work) })
	}
	if err := sdnotify.Ready("serving " + g.config.XMPP.Domain); err != nil {
		g.log.Warn("systemd was not told", "err", err)
	}
	back.Go(func() error { return sdnotify.Watch(work, g.alive) })
	g.log.Info("bitcoim serves", "version", version, "domain", g.config.XMPP.Domain, "chain", g.config.Chain.Backend,
		"network", g.config.Chain.Network, "database", g.config.Database.Driver)
	doors, open := errgroup.WithContext(ctx) // the first that fails closes the others
	doors.Go(func() error { return door.Run(open) })
	for _, serve := range others.serve {
		doors.Go(func() error { return serve(open) })
	}
	err = doors.Wait()
	_ = sdnotify.Stopping("")
	stop()
	err = errors.Join(err, back.Wait(), self.Leave(context.WithoutCancel(ctx)))
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	g.log.Info("bitcoim stops", "err", err)
	return err
}

// unlooked is the number of the newest order that newer books than these may have paid, as
// long as the gateway is frozen; else 0. One without a Lightning node looks at none.
func (g *gateway) unlooked(kind paymentorder.Kind) paymentorder.ID {
	if g.frozen.Load() || kind == paymentorder.Lightning && g.lightning == nil {
		return paymentorder.ID(g.newest.Load())
	}
	return 0
}

// alive says to the watchdog that the database still answers.
func (g *gateway) alive(ctx context.Context) error {
	rows, err := g.db.Read().QueryContext(ctx, `SELECT 1`)
	if err != nil {
		return err
	}
	return rows.Close()
}

func house(c config.Config) wallet.Policy {
	served := c.XMPP.ServedDomains
	if len(served) == 0 {
		if _, parent, ok := strings.Cut(c.XMPP.Domain, "."); ok {
			served = []string{parent}
		}
	}
	var contacts []string
	contacts = append(append(contacts, c.XMPP.SupportContacts...), c.XMPP.AdminContacts...)
	if c.LIME.Register || c.LIME.Guests { // whose accounts are of the gateway's own domain
		served = append(slices.Clone(served), c.XMPP.Domain)
	}
	return wallet.Policy{
		Domain: c.XMPP.Domain, Network: address.Network(c.Chain.Network), Languages: c.XMPP.Languages, Admins: c.XMPP.Admins,
		Served: served, OpenToAll: c.XMPP.OpenToAll, RegistrationDomains: c.Registration.Domains, Closed: c.Registration.Mode == "closed",
		Limits: limits(c), Confirmations: int64(c.Chain.Confirmations), MinPayment: amount.FromSats(c.Chain.MinPaymentSat),
		MinDeposit: amount.FromSats(c.Chain.MinDepositSat), AddressesUnused: c.Limits.AddressesUnused,
		Stale: int64(c.Limits.Stale.Seconds()), ExplorerURL: c.Chain.ExplorerURL, Version: version,
		OperatorContacts: strings.Join(contacts, ", "),
	}
}

// pace is how fast one user may ask at all doors together.
func pace(c config.Config) *wallet.Pace {
	return wallet.NewPace(rate.Limit(c.Limits.CommandsPerMinute)/60, c.Limits.CommandsBurst)
}

func doorConfig(c config.Config, self *worker.Instance, pace *wallet.Pace) component.Config {
	return component.Config{
		Domain: c.XMPP.Domain, Secret: c.XMPP.Secret.Reveal(), Addr: c.XMPP.Server, Name: c.XMPP.Name, Version: version,
		Languages:    c.XMPP.Languages,
		Contacts:     component.Contacts{Abuse: c.XMPP.AbuseContacts, Admin: c.XMPP.AdminContacts, Support: c.XMPP.SupportContacts},
		Pace:         pace,
		PresenceRate: float64(c.XMPP.PresenceRate),
		Links:        c.XMPP.Links,
		Alone:        self.Alone,
	}
}

// checkNode says in one line how the node is.
func checkNode(ctx context.Context, node chain.Node) (string, error) {
	i, err := node.Info(ctx)
	if err != nil {
		return "", err
	}
	if !i.Synced {
		return "", fmt.Errorf("%s is still catching up (block %d)", i.Kind, i.Height)
	}
	return fmt.Sprintf("%s %s on %s, block %d", i.Kind, i.Version, i.Network, i.Height) + untried(i.Kind, i.Version), nil
}
