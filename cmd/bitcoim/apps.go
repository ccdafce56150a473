package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/config"
	msdoor "github.com/bitcoim/bitcoim/door/moneysocketdoor"
	"github.com/bitcoim/bitcoim/fiat"
	"github.com/bitcoim/bitcoim/httpserve"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// beaconPorts are where the relays and wallets that are known listen, besides
// 443. Others are exceptions of [egress].
var beaconPorts = []uint16{443, 11033, 11056, 11060}

// apps is what the desk needs to know of programs.
func apps(c config.Config) (wallet.Apps, error) {
	m := c.Moneysocket
	usual, err := wallet.ParseBudget(c.Apps.Budget)
	if err != nil {
		return wallet.Apps{}, fmt.Errorf("apps.budget: %w", err)
	}
	a := wallet.Apps{Budget: usual, Moneysocket: m.Enabled, Dials: m.Dial, Here: m.Listen != "", LIMEURLs: c.LIME.URLs}
	if c.LIME.On() {
		a.LIME = c.XMPP.Domain
	}
	if !a.Here {
		return a, nil
	}
	a.Location, err = msdoor.Location(m.URL, m.AllowPlain)
	return a, err
}

// openMoneysocket makes the door for Moneysocket apps; nil if it is off.
func openMoneysocket(c config.Config, desk msdoor.Desk, words *i18n.Catalogue, instance string, log *slog.Logger) (*msdoor.Door, error) {
	m := c.Moneysocket
	if !m.Enabled {
		return nil, nil
	}
	proxies, err := prefixes("moneysocket.proxies", m.Proxies)
	if err != nil {
		return nil, err
	}
	o := msdoor.Options{Desk: desk, Words: words, Languages: c.XMPP.Languages, Instance: instance, Listen: m.Listen, URL: m.URL, Cert: m.CertFile, Key: m.KeyFile, Proxies: proxies,
		Open: m.Open, AllowPlain: m.AllowPlain, Log: log}
	if m.Dial {
		d, err := dialer(c)
		if err != nil {
			return nil, err
		}
		d.Policy.Ports = beaconPorts
		o.NetDial = d.DialContext
	}
	return msdoor.New(o)
}

// checkMoneysocket looks whether the door can be opened.
func checkMoneysocket(_ context.Context, c config.Config) (string, error) {
	if !c.Moneysocket.Enabled {
		return "off", nil
	}
	words, err := i18n.Load(c.Messages.Dir)
	if err != nil {
		return "", err
	}
	if _, err := openMoneysocket(c, command.New(&wallet.Service{}), words, "check", nil); err != nil {
		return "", err
	}
	var ways []string
	if m := c.Moneysocket; m.Listen != "" {
		if m.CertFile != "" {
			if _, err := httpserve.Load(m.CertFile, m.KeyFile); err != nil {
				return "", fmt.Errorf("moneysocket: %w", err)
			}
		}
		ways = append(ways, m.URL+" at "+m.Listen)
	}
	if c.Moneysocket.Dial {
		ways = append(ways, "beacons of apps")
	}
	return strings.Join(ways, ", "), nil
}

// openRates prepares to look at the prices of bitcoin; nil if there is no source.
func openRates(c config.Config, log *slog.Logger) (*fiat.Source, error) {
	r := c.Rates
	if r.File == "" && r.URL == "" {
		return nil, nil
	}
	o := fiat.Options{File: r.File, Every: r.Every, Stale: r.Stale, Log: log}
	if r.URL != "" {
		client, err := asker(c)
		if err != nil {
			return nil, err
		}
		o.Fetch = func(ctx context.Context) ([]byte, error) { return client.Fetch(ctx, r.URL) }
	}
	return fiat.New(o)
}

// checkRates looks once.
func checkRates(ctx context.Context, c config.Config) (string, error) {
	s, err := openRates(c, nil)
	switch {
	case err != nil:
		return "", err
	case s == nil:
		return "none", nil
	}
	if err := s.Refresh(ctx); err != nil {
		return "", err
	}
	codes := s.Codes()
	if len(codes) == 0 {
		return "", fmt.Errorf("the source has no rate, or only old ones")
	}
	return strings.Join(codes, ", "), nil
}
