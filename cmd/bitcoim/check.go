package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/i18n"
)

// checkTime is how long one thing may take to answer. Each has this time for itself: a
// node that hangs must not make the others look as if they did.
const checkTime = time.Minute

// oneCheck tries one thing of the configuration, and says what it saw.
type oneCheck struct {
	name string
	try  func(context.Context, config.Config) (string, error)
}

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
	fmt.Fprintf(p.out, "%-10s ok: %s\n", "config", p.config)
	var d *db.DB // nil if there are no books to look at
	failed := tryAll(ctx, p.out, c, []oneCheck{{"words", checkWords},
		{"database", func(ctx context.Context, c config.Config) (said string, err error) {
			d, said, err = checkDatabase(ctx, c)
			return said, err
		}},
	})
	var rest []oneCheck
	if d == nil {
		fmt.Fprintf(p.out, "%-10s not looked at, nor whether wallet and Lightning node are those of the books: mend the database first\n", "payments")
	} else {
		defer func() { _ = d.Close() }()
		rest = []oneCheck{{"payments", func(ctx context.Context, c config.Config) (string, error) { return checkPayments(ctx, c, d) }}}
	}
	rest = append(rest,
		oneCheck{"chain", func(ctx context.Context, c config.Config) (string, error) { return checkChain(ctx, c, d) }},
		oneCheck{"lightning", func(ctx context.Context, c config.Config) (string, error) { return checkLightning(ctx, c, d) }},
		oneCheck{"web", checkWeb},
		oneCheck{"moneysocket", checkMoneysocket},
		oneCheck{"lime", checkLIME},
		oneCheck{"rates", checkRates},
		oneCheck{"p2p", checkP2P},
		oneCheck{"xmpp", func(ctx context.Context, c config.Config) (string, error) { return checkXMPP(ctx, c, d) }},
	)
	failed = append(failed, tryAll(ctx, p.out, c, rest)...)
	if failed != nil {
		return fmt.Errorf("not ready to serve: %s", strings.Join(failed, ", "))
	}
	return nil
}

// tryAll tries all things at once, prints them in their order, and returns the names of
// those that failed.
func tryAll(ctx context.Context, out io.Writer, c config.Config, all []oneCheck) (failed []string) {
	type result struct {
		said string
		err  error
	}
	results := make([]chan result, len(all))
	for i, one := range all {
		results[i] = make(chan result, 1)
		go func() {
			ctx, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			said, err := one.try(ctx, c)
			results[i] <- result{said, err}
		}()
	}
	for i, one := range all {
		r := <-results[i]
		if r.err != nil {
			failed = append(failed, one.name)
			fmt.Fprintf(out, "%-10s FAILED: %v\n", one.name, r.err)
			continue
		}
		fmt.Fprintf(out, "%-10s ok: %s\n", one.name, r.said)
	}
	return failed
}

func checkWords(_ context.Context, c config.Config) (string, error) {
	w, err := i18n.Load(c.Messages.Dir)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(w.Languages()), nil
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
