package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/lightning"
)

// auditBooks is `bitcoim audit`. It fails when it finds something.
func auditBooks(ctx context.Context, p *program, args []string) error {
	f := p.flags("audit")
	world := f.Bool("world", false, "compare with the node, item by item")
	asJSON := f.Bool("json", false, "print JSON")
	ref := f.String("declare", "", "say that something that stops payments is known and right: what it names a finding by")
	ahead := f.Bool("ahead", false, "with -declare: of a transaction or payment that is not made yet")
	reason := f.String("reason", "", "why; it is recorded")
	if f.Parse(args) != nil {
		return errUsage
	}
	why := strings.TrimSpace(*reason)
	if said := auditArgs(f, *ref, why, *world || *asJSON, *ahead); said != "" {
		fmt.Fprintf(p.err, "bitcoim audit: %s\n", said)
		return p.wrong("audit")
	}
	c, d, err := p.books(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	*ref = inSmall(*ref)
	if *ahead {
		if err := unseen(ctx, c, *ref); err != nil {
			return err
		}
	}
	if *ref != "" {
		return declare(ctx, p, d, *ref, why, *ahead)
	}
	var r audit.Report
	if *world {
		if r, err = auditWorld(ctx, c, d); err != nil {
			books, wrong := audit.Ledger(ctx, d, audit.Everything) // which needs no node
			switch {
			case wrong == nil && *asJSON:
				wrong = encode(p.out, books)
			case wrong == nil:
				wrong = printRules(ctx, p.out, d, books.Checked, books.Findings)
			}
			err = errors.Join(err, wrong)
			return fmt.Errorf("the books could not be compared with the nodes: %w", err)
		}
		if _, err := keep(ctx, d, r); err != nil {
			return err
		}
	} else if r, err = audit.Ledger(ctx, d, audit.Everything); err != nil {
		return err
	}
	if *asJSON {
		err = encode(p.out, r)
	} else {
		err = errors.Join(printReport(ctx, p.out, d, r), tellWaiting(ctx, p.out, d), tellStuck(ctx, p.out, d))
	}
	if err == nil && len(r.Findings) > 0 {
		err = errors.New(counted(len(r.Findings), "finding"))
	}
	return err
}

// auditArgs says what is wrong with the words of an audit; "" if nothing is. A reason of
// blanks is none: nobody could read later why payments went on.
func auditArgs(f *flag.FlagSet, ref, reason string, looks, ahead bool) string {
	given := map[string]bool{}
	f.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case f.NArg() > 0:
		return fmt.Sprintf("what is %q?", f.Arg(0))
	case ref == "" && (ahead || given["reason"]), given["declare"] && ref == "":
		return "-declare REF is missing: what it is about"
	case ref != "" && reason == "":
		return "-reason TEXT is missing: why, which is recorded"
	case ref != "" && looks:
		return "-declare goes with neither -world nor -json"
	}
	return ""
}

// encode prints a report as JSON. That of the books alone says "world": false.
func encode(out io.Writer, r audit.Report) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// auditWorld compares the books with all that the nodes have.
func auditWorld(ctx context.Context, c config.Config, d *db.DB) (r audit.Report, err error) {
	err = atNodes(ctx, c, func(node chain.Node, ln lightning.Node) (err error) {
		r, err = settled(ctx, d, node, ln, audit.Everything)
		return err
	})
	return r, err
}

// atNodes does something with the nodes that are configured. ln is nil without Lightning.
func atNodes(ctx context.Context, c config.Config, do func(node chain.Node, ln lightning.Node) error) error {
	node, err := openChain(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = node.Close() }()
	ln, err := openLightning(ctx, c, nil)
	if err != nil {
		return err
	}
	defer closeLightning(ln)
	return do(node, ln)
}

// beforeAgain is for how long books and nodes may go on moving until they are read again.
// Tests wait for nobody.
var beforeAgain = 2 * time.Second

// settled audits the world until it finds nothing, a few times at most: books
// and node are not read at one instant, and what moves meanwhile is no finding.
func settled(ctx context.Context, d *db.DB, node chain.Node, ln lightning.Node, of audit.Scope) (r audit.Report, err error) {
	for try := 1; ; try++ {
		if r, err = audit.World(ctx, d, node, ln, of); err != nil || len(r.Findings) == 0 || try == 4 {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(beforeAgain):
		}
	}
}

// keep writes down, for all gateways, what a report says of payments.
func keep(ctx context.Context, d *db.DB, r audit.Report) (stopped bool, err error) {
	err = d.Tx(ctx, func(tx *db.Tx) (err error) {
		stopped, err = r.Keep(ctx, tx)
		return err
	})
	if err != nil {
		return stopped, err
	}
	return stopped, r.Proved(ctx, d)
}
