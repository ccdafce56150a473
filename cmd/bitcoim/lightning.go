package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/egress"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/wallet"
)

// openLightning prepares to speak to the Lightning node; nil if there is none.
func openLightning(ctx context.Context, c config.Config, log *slog.Logger) (lightning.Node, error) {
	if c.Lightning.Backend == "none" {
		return nil, nil
	}
	return lightning.Open(ctx, lightning.Config{
		Kind: c.Lightning.Backend, Network: c.Chain.Network, PubKey: c.Lightning.Node, Timeout: c.Lightning.Timeout,
		Beacon: c.Lightning.Beacon.Reveal(), Journal: c.Lightning.Journal, Budget: c.Lightning.Budget, Log: log,
		LND: lnd.Config{URL: c.LND.URL, CertFile: c.LND.CertFile, MacaroonFile: c.LND.MacaroonFile},
	})
}

func closeLightning(node lightning.Node) {
	if node != nil {
		_ = node.Close()
	}
}

// dialer goes where users may make us go.
func dialer(c config.Config) (*egress.Dialer, error) {
	p, err := egress.ParseAllow(c.Egress.Allow)
	if err != nil {
		return nil, err
	}
	return &egress.Dialer{Policy: p}, nil
}

// asker fetches what strangers offer.
func asker(c config.Config) (*egress.Client, error) {
	d, err := dialer(c)
	if err != nil {
		return nil, err
	}
	o := egress.Options{Agent: "bitcoim/" + version, Limit: lnurl.LongestAnswer}
	if c.Egress.CAFile != "" {
		pem, err := os.ReadFile(c.Egress.CAFile)
		if err != nil {
			return nil, err
		}
		if o.Roots = x509.NewCertPool(); !o.Roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("no certificate in %s", c.Egress.CAFile)
		}
	}
	return egress.New(d, o), nil
}

// desksLightning is what the desk needs to know of Lightning.
func desksLightning(c config.Config, node lightning.Node) (wallet.Lightning, error) {
	if node == nil {
		return wallet.Lightning{}, nil
	}
	client, err := asker(c)
	if err != nil {
		return wallet.Lightning{}, err
	}
	l := c.Lightning
	return wallet.Lightning{
		Node: wallet.LightningBreaker(node), Asks: &lnurl.Client{Fetcher: client},
		Fees:   paymentorder.Fees{PerMillion: l.FeePerMillion, Least: amount.FromSats(l.FeeLeastSat)},
		Expiry: l.Expiry, Open: l.OpenInvoices, FinalCLTV: int64(l.FinalCLTV),
	}, nil
}

// checkLightning dials the node and looks at what our credentials allow.
func checkLightning(ctx context.Context, c config.Config, d *db.DB) (string, error) {
	node, err := openLightning(ctx, c, nil)
	if err != nil {
		return "", err
	}
	if node == nil {
		return "none", nil
	}
	defer closeLightning(node)
	i, err := node.Info(ctx)
	if err != nil {
		return "", err
	}
	if !i.Synced {
		return "", fmt.Errorf("%s is still catching up (block %d)", i.Kind, i.Height)
	}
	if d != nil {
		if err := knownNode(ctx, d, c.Lightning.Backend, node); err != nil {
			return "", err
		}
	}
	said := fmt.Sprintf("%s %s on %s", i.Kind, i.Version, i.Network)
	if who := cmp.Or(i.PubKey, i.Alias); who != "" {
		said += ", " + who
	}
	said += untried(i.Kind, i.Version)
	if n, ok := node.(lightning.Doubtful); ok {
		all, err := n.Doubts(ctx)
		if err != nil {
			return "", err
		}
		for _, d := range all {
			said += "; " + d.What
		}
	}
	if c.Lightning.Node == "" && i.PubKey != "" {
		said += " (set lightning.node to it, so that no other is taken for it)"
	}
	p, ok := node.(lightning.Powers)
	if !ok {
		return said, nil
	}
	var besides []string
	if c.Chain.Backend == "lnd" {
		besides = chain.Permissions()
	}
	missing, excess, err := p.CheckPower(ctx, besides...)
	switch {
	case err != nil:
		return "", err
	case len(missing) > 0:
		return "", fmt.Errorf("the macaroon lacks %s", strings.Join(missing, ", "))
	case len(excess) > 0:
		return "", fmt.Errorf("the macaroon allows more than is needed, and so would whoever steals it: %s", strings.Join(excess, ", "))
	}
	return said, nil
}
