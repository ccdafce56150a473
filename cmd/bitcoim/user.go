package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
)

var userParts = []part{
	{"list", "", "all users, with what they own"},
	{"show", "USER", "one user, by JID or name: balance, apps, what is under way"},
	{"suspend", "USER REASON", "let a user send nothing; they read the reason"},
	{"resume", "USER", "let a user send again"},
}

// userVerb is `bitcoim user`.
func userVerb(ctx context.Context, p *program, args []string) error {
	part, args, err := p.part("user", args)
	if err != nil {
		return err
	}
	f := p.flags("user", part.name)
	if err := p.words("user", part, f, args, part.name == "suspend"); err != nil {
		return err
	}
	reason := strings.TrimSpace(strings.Join(f.Args()[min(1, f.NArg()):], " "))
	if part.name == "suspend" && reason == "" {
		return errors.New("say why: the user reads it")
	}
	_, d, err := p.books(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if part.name == "list" {
		return listUsers(ctx, p, d)
	}
	u, err := findUser(ctx, d.Read(), f.Arg(0))
	if fault.Is(err, fault.NotFound) {
		return fmt.Errorf("no user %q", f.Arg(0))
	}
	switch {
	case err != nil:
		return err
	case part.name == "show":
		return showUser(ctx, p, d, u)
	case part.name == "suspend":
		return suspend(ctx, p, d, u, reason)
	}
	return resume(ctx, p, d, u)
}

// findUser takes a bare JID or a username.
func findUser(ctx context.Context, q sqlx.QueryerContext, who string) (*useraccount.User, error) {
	if strings.Contains(who, "@") {
		return useraccount.ByJID(ctx, q, address.Bare(who))
	}
	return useraccount.ByName(ctx, q, who)
}

func listUsers(ctx context.Context, p *program, d *db.DB) error {
	all, err := useraccount.All(ctx, d.Read())
	if err != nil {
		return err
	}
	for i := range all {
		u := &all[i]
		balance, err := ledger.Balance(ctx, d.Read(), u.Money)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%-40s %-20s %15s sat  %s\n", u.JID, u.Name, amount.Format(balance, amount.InSat, " ", "."), state(u))
	}
	return nil
}

func state(u *useraccount.User) string {
	switch {
	case u.Suspended:
		return "suspended: " + u.Reason
	case !u.Active:
		return "unregistered"
	}
	return "active"
}

func showUser(ctx context.Context, p *program, d *db.DB, u *useraccount.User) error {
	balance, err := ledger.Balance(ctx, d.Read(), u.Money)
	if err != nil {
		return err
	}
	held, err := ledger.Balance(ctx, d.Read(), u.Held)
	if err != nil {
		return err
	}
	for _, l := range [][2]string{
		{"JID", u.JID}, {"name", u.Name}, {"state", state(u)},
		{"since", time.Unix(u.Created, 0).UTC().Format(time.DateOnly)},
		{"balance", amount.Format(balance, amount.InSat, " ", ".") + " sat"},
		{"held", amount.Format(held, amount.InSat, " ", ".") + " sat"},
		{"language", u.Lang}, {"unit", u.Unit},
	} {
		fmt.Fprintf(p.out, "%-10s %s\n", l[0], l[1])
	}
	if err := showApps(ctx, p, d, u); err != nil {
		return err
	}
	return showOrders(ctx, p, d, u)
}

// showApps lists the programs that may use a wallet, and never their secrets.
func showApps(ctx context.Context, p *program, d *db.DB, u *useraccount.User) error {
	all, err := app.All(ctx, d.Read(), u.ID)
	if err != nil {
		return err
	}
	for _, a := range all {
		left, err := a.Left(ctx, d.Read(), time.Now().Unix())
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%-10s %s, %s, %s of %s sat left (%s)%s\n", "app", a.Name, a.Kind, amount.Format(max(left, 0), amount.InSat, " ", "."),
			amount.Format(a.Budget, amount.InSat, " ", "."), a.Per, map[bool]string{true: ", paused"}[a.Paused])
	}
	return nil
}

// showOrders lists what of a user is not over yet.
func showOrders(ctx context.Context, p *program, d *db.DB, u *useraccount.User) error {
	waiting, err := paymentorder.Waiting(ctx, d.Read(), u.ID, time.Now().Unix())
	if err != nil {
		return err
	}
	under, err := paymentorder.UnderWay(ctx, d.Read(), u.ID)
	if err != nil {
		return err
	}
	for _, o := range append(waiting, under...) {
		fmt.Fprintf(p.out, "%-10s %s, %s sat to %s %s\n", fmt.Sprintf("order %d", o.ID), o.State,
			amount.Format(o.Amount, amount.InSat, " ", "."), o.SaidTo, o.TxID)
	}
	return nil
}

// operator is who sits at the terminal, for the record.
func operator() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

func suspend(ctx context.Context, p *program, d *db.DB, u *useraccount.User, reason string) error {
	now := time.Now().Unix()
	err := d.Tx(ctx, func(tx *db.Tx) error {
		if err := useraccount.Suspend(ctx, tx, u, operator(), reason, now); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: "user.suspended", Lang: u.Lang, Unit: u.Unit,
			Args: fault.Args{"reason": reason}}, now)
	})
	if err == nil {
		fmt.Fprintln(p.out, u.JID, "may receive and not send")
	}
	return err
}

func resume(ctx context.Context, p *program, d *db.DB, u *useraccount.User) error {
	now := time.Now().Unix()
	err := d.Tx(ctx, func(tx *db.Tx) error {
		if err := useraccount.Resume(ctx, tx, u, operator(), now); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, outbox.Notice{User: u.JID, Phrase: "user.resumed", Lang: u.Lang, Unit: u.Unit}, now)
	})
	if fault.Is(err, fault.Conflict) {
		return fmt.Errorf("%s was suspended anew just now: look at the reason again", u.JID)
	}
	if err == nil {
		fmt.Fprintln(p.out, u.JID, "may send again")
	}
	return err
}
