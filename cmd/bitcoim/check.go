package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/freeze"
	"github.com/bitcoim/bitcoim/i18n"
)

// check validates the configuration and dials everything in it. It goes on
// after an error: the operator sees all there is to mend. It makes nothing, and
// a gateway that runs does not notice it.
func check(ctx context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return p.wrong("check")
	}
	c, err := p.load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	fmt.Fprintf(p.out, "%-10s ok: %s\n", "config", p.config)
	failed := false
	for _, s := range []struct {
		name string
		try  func(context.Context, config.Config) (string, error)
	}{{"words", checkWords}, {"database", checkDatabase}, {"payments", checkPayments}, {"chain", checkChain}, {"lightning", checkLightning}, {"web", checkWeb}, {"moneysocket", checkMoneysocket}, {"lime", checkLIME}, {"rates", checkRates}, {"p2p", checkP2P}, {"xmpp", checkXMPP}} {
		said, err := s.try(ctx, c)
		if err != nil {
			failed = true
			fmt.Fprintf(p.out, "%-10s FAILED: %v\n", s.name, err)
			continue
		}
		fmt.Fprintf(p.out, "%-10s ok: %s\n", s.name, said)
	}
	if failed {
		return errors.New("not ready to serve")
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

func checkDatabase(ctx context.Context, c config.Config) (string, error) {
	d, err := openDB(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { _ = d.Close() }()
	s, err := d.Status(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, schema %d of %d", c.Database.Driver, s.Have, s.Want), errors.Join(d.Current(ctx), inTime(ctx, d, time.Now))
}

// checkPayments looks whether something stops payments to the outside.
func checkPayments(ctx context.Context, c config.Config) (string, error) {
	d, err := openDB(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { _ = d.Close() }()
	if err := d.Current(ctx); err != nil {
		return "", err
	}
	all, err := freeze.Causes(ctx, d.Read())
	if err == nil && len(all) > 0 {
		err = fmt.Errorf("%s; bitcoim audit says all that stops them", stopped(all[0]))
	}
	return "nothing stops them", err
}

func checkChain(ctx context.Context, c config.Config) (string, error) {
	node, err := openChain(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { _ = node.Close() }()
	said, err := checkNode(ctx, node)
	if err != nil {
		return "", err
	}
	return said, checkWallet(ctx, c, node)
}
