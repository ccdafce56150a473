package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// checkServed looks whether the books are of this gateway: they are somebody else's, most
// likely, if none of their users is of a domain that is served.
func checkServed(ctx context.Context, c config.Config, d *db.DB) error {
	h := house(c)
	if h.OpenToAll {
		return nil
	}
	all, err := useraccount.All(ctx, d.Read())
	if err != nil || len(all) == 0 {
		return err
	}
	var of []string
	for _, u := range all {
		_, domain, _ := address.SplitJID(u.JID)
		switch {
		case slices.Contains(h.Served, domain), slices.Contains(h.Admins, u.JID):
			return nil
		case !slices.Contains(of, domain):
			of = append(of, domain)
		}
	}
	return fmt.Errorf("it is of another gateway, or xmpp.domain is wrong: its users are of %s, and those of %s are served; correct %s, xmpp.domain or xmpp.served_domains",
		some(of), some(h.Served), map[string]string{"sqlite": "database.file", "postgres": "database.dsn"}[c.Database.Driver])
}

// some names a few of many.
func some(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
