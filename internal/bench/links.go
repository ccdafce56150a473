package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// linker lets programs at users' wallets: it is a desk on the database of a
// gateway, which may run.
type linker struct {
	desk   *command.Desk
	domain string // of the users
}

func openLinker(ctx context.Context, w *world.World, at moneysocket.Location) (*linker, error) {
	words, err := i18n.Load("")
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, db.Config{Driver: "sqlite", File: filepath.Join(w.Dir, "bitcoim.db")})
	if err != nil {
		return nil, err
	}
	return &linker{domain: w.XMPP.Domain, desk: command.New(&wallet.Service{
		DB: d, Words: words, Clock: time.Now, Notify: func() {},
		Policy: wallet.Policy{Domain: w.XMPP.Component, Network: address.Regtest, Languages: []string{"en"}, Served: []string{w.XMPP.Domain}},
		Apps:   wallet.Apps{Moneysocket: true, Here: true, Location: at, LIME: w.XMPP.Component},
	})}, nil
}

func (l *linker) close() error { return l.desk.DB.Close() }

// crowd registers users whom their XMPP server does not know, and who therefore
// want no notices. It returns their names.
func (l *linker) crowd(ctx context.Context, prefix string, n int) (names []string, err error) {
	err = l.desk.DB.Tx(ctx, func(tx *db.Tx) error {
		names = nil
		now := time.Now().Unix()
		for i := range n {
			name := fmt.Sprintf("%s%04d", prefix, i)
			u, _, err := useraccount.Register(ctx, tx, name+"@"+l.domain, now)
			if err == nil {
				err = errors.Join(useraccount.Rename(ctx, tx, u, name, now), useraccount.Set(ctx, tx, u, "notify", 0))
			}
			if err != nil {
				return err
			}
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// link lets a program at the wallet of a user, with a budget that it cannot
// spend.
func (l *linker) link(ctx context.Context, kind wallet.AppKind, user string) (wallet.LinkSecret, error) {
	by, err := l.desk.Caller(ctx, wallet.Caller{JID: user + "@" + l.domain})
	if err != nil {
		return wallet.LinkSecret{}, err
	}
	linked, err := l.desk.Link(ctx, by, wallet.NewLink{Kind: kind, Name: "bench", Budget: &wallet.Budget{Amount: 100_000_000 * amount.Sat}})
	if err != nil {
		return wallet.LinkSecret{}, fmt.Errorf("link of %s: %w", user, err)
	}
	return *linked.Secret, nil
}

// beacons lets a Moneysocket app at each of some wallets.
func (l *linker) beacons(ctx context.Context, users []string) (all []moneysocket.Beacon, err error) {
	for _, u := range users {
		secret, err := l.link(ctx, wallet.Moneysocket, u)
		if err != nil {
			return nil, err
		}
		b, err := moneysocket.ParseBeacon(secret.Beacon)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}
