package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/bip353"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/useraccount"
)

// zoneVerb is `bitcoim zone`: the DNS records by which wallets find users
// (BIP 353). Each user is there with an address that nobody has paid to yet.
func zoneVerb(ctx context.Context, p *program, args []string) error {
	f := flag.NewFlagSet("zone", flag.ContinueOnError)
	f.SetOutput(p.err)
	domain := f.String("domain", "", "the domain after the @; that of web.url, or xmpp.domain, if not given")
	ttl := f.Duration("ttl", bip353.DefaultTTL, "how long resolvers may keep a record")
	if f.Parse(args) != nil || f.NArg() > 0 {
		return p.wrong("zone")
	}
	c, d, err := p.books(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	node, err := openChain(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = node.Close() }()
	if *domain == "" {
		*domain = nameDomain(c)
	}
	entries, err := entries(ctx, d, node)
	if err != nil {
		return err
	}
	return bip353.Write(p.out, *domain, *ttl, entries)
}

// nameDomain is what stands behind the @ of Lightning Addresses, or of JIDs.
func nameDomain(c config.Config) string {
	if u, err := url.Parse(c.Web.URL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return c.XMPP.Domain
}

func entries(ctx context.Context, d *db.DB, node chain.Node) ([]bip353.Entry, error) {
	users, err := useraccount.All(ctx, d.Read())
	if err != nil {
		return nil, err
	}
	var all []bip353.Entry
	var wrong []error
	for _, u := range users {
		if u.Name == "" || !u.Active {
			continue
		}
		a, err := unpaid(ctx, d, node, u.ID, u.JID)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", u.Name, err))
			continue
		}
		all = append(all, bip353.Entry{Name: u.Name, URI: address.BuildURI(a, 0, "")})
	}
	return all, errors.Join(wrong...)
}

// unpaid is the newest address of a user that nobody paid to, or a new one.
func unpaid(ctx context.Context, d *db.DB, node chain.Node, user useraccount.ID, jid string) (string, error) {
	all, err := deposit.Addresses(ctx, d.Read(), user)
	if err != nil {
		return "", err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Used {
			return all[i].Address, nil
		}
	}
	text, err := node.Address(ctx, jid)
	if err != nil {
		return "", err
	}
	if _, _, err := deposit.Ours(ctx, d.Read(), node); err != nil { // after the answer that it is about
		return "", fmt.Errorf("nobody is given an address of this wallet: %w", err)
	}
	return text, d.Tx(ctx, func(tx *db.Tx) error { return deposit.AddAddress(ctx, tx, user, text, "", time.Now().Unix()) })
}
