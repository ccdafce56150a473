package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/i18n"
)

// checkTime is how long one thing may take to answer: what hangs keeps no other from
// being looked at.
const checkTime = 30 * time.Second

// check validates the configuration and dials everything in it. It goes on
// after an error: the operator sees all there is to mend, and each cause once. It
// makes nothing, and a gateway that runs does not notice it.
func check(ctx context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return p.wrong("check")
	}
	c, err := p.load()
	if err != nil {
		return err
	}
	var failed []string
	look := func(name string, try func(context.Context, config.Config) (string, error)) {
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		defer cancel()
		said, err := try(ctx, c)
		if err != nil {
			failed = append(failed, name)
			fmt.Fprintf(p.out, "%-10s FAILED: %v\n", name, err)
			return
		}
		fmt.Fprintf(p.out, "%-10s ok: %s\n", name, said)
	}
	fmt.Fprintf(p.out, "%-10s ok: %s\n", "config", p.config)
	look("words", checkWords)
	var d *db.DB // nil if there are no books to look at
	look("database", func(ctx context.Context, c config.Config) (said string, err error) {
		d, said, err = checkDatabase(ctx, c)
		return said, err
	})
	if d == nil {
		fmt.Fprintf(p.out, "%-10s not looked at, nor whether wallet and Lightning node are those of the books: mend the database first\n", "payments")
	} else {
		defer func() { _ = d.Close() }()
		look("payments", func(ctx context.Context, _ config.Config) (string, error) { return checkPayments(ctx, d) })
	}
	look("chain", func(ctx context.Context, c config.Config) (string, error) { return checkChain(ctx, c, d) })
	look("lightning", func(ctx context.Context, c config.Config) (string, error) { return checkLightning(ctx, c, d) })
	look("web", checkWeb)
	look("moneysocket", checkMoneysocket)
	look("lime", checkLIME)
	look("rates", checkRates)
	look("p2p", checkP2P)
	look("xmpp", func(ctx context.Context, c config.Config) (string, error) { return checkXMPP(ctx, c, d) })
	if failed != nil {
		return fmt.Errorf("not ready to serve: %s", strings.Join(failed, ", "))
	}
	return nil
}

func checkWords(_ context.Context, c config.Config) (string, error) {
	w, err := i18n.Load(c.Messages.Dir)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(w.Languages()), nil
}

// checkDatabase opens the books, if they are there and of this program. The caller closes
// them.
func checkDatabase(ctx context.Context, c config.Config) (*db.DB, string, error) {
	d, err := openDB(ctx, c)
	if err != nil {
		return nil, "", err
	}
	s, err := d.Status(ctx)
	if err == nil {
		err = d.Current(ctx)
	}
	if err != nil {
		return nil, "", errors.Join(err, d.Close())
	}
	return d, fmt.Sprintf("%s, schema %d of %d", c.Database.Driver, s.Have, s.Want), errors.Join(inTime(ctx, d, time.Now), checkServed(ctx, c, d))
}

// checkPayments looks whether something stops payments to the outside.
func checkPayments(ctx context.Context, d *db.DB) (string, error) {
	all, err := freeze.Causes(ctx, d.Read())
	if err == nil && len(all) > 0 {
		err = fmt.Errorf("%s; bitcoim audit says all that stops them", stopped(all[0]))
	}
	return "nothing stops them", err
}

func checkChain(ctx context.Context, c config.Config, d *db.DB) (string, error) {
	node, err := openChain(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { _ = node.Close() }()
	said, err := checkNode(ctx, node)
	if err != nil {
		return "", err
	}
	return said, checkWallet(ctx, c, d, node)
}
