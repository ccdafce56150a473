package component

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// Nodes of the tree, beside the commands.
const (
	nodeAddresses = "addresses" // of a user
	nodeUsers     = "users"     // of the gateway, for admins
)

// place is a node of the tree as its reader may see it.
type place struct {
	category, kind, name string
	features             []string
	items                func(context.Context) ([]*Element, error) // nil for a leaf
}

// branch is how a place that only holds others is read.
var branch = []string{nsInfo, nsItems, nsRSM}

// place finds a node of t for who asks.
func (c *Component) place(ctx context.Context, q *Stanza, t wallet.Contact, node string) (place, error) {
	viewer, say, err := c.listener(ctx, q)
	if err != nil {
		return place{}, err
	}
	switch {
	case node == "":
		return place{items: func(ctx context.Context) ([]*Element, error) {
			return c.children(viewer, say, t), nil
		}}, nil
	case node == nodeUsers && t.Kind == wallet.GatewayContact:
		if !viewer.Admin {
			return place{}, errForbidden
		}
		return place{"directory", "user", say.Say("disco.users", nil), branch,
			func(ctx context.Context) ([]*Element, error) { return c.users(ctx, q.User) }}, nil
	case node == nodeAddresses && t.Kind == wallet.UserContact:
		if !insider(t) {
			return place{}, errForbidden
		}
		return place{"hierarchy", "branch", say.Say(addressesName(t), nil), branch,
			func(ctx context.Context) ([]*Element, error) { return c.addresses(ctx, q.User, t) }}, nil
	}
	return c.commandPlace(ctx, q, say, node)
}

// insider reports whether the reader is the user, or an admin: the desk tells
// the real JID to nobody else.
func insider(t wallet.Contact) bool { return t.Mine || t.RealJID != "" }

func addressesName(t wallet.Contact) string {
	if t.Mine {
		return "disco.addresses.yours"
	}
	return "disco.addresses.theirs"
}

// children is what hangs directly below the gateway or a contact.
func (c *Component) children(viewer wallet.Account, say i18n.Printer, t wallet.Contact) []*Element {
	var out []*Element
	switch t.Kind {
	case wallet.GatewayContact:
		if viewer.Registered {
			own := item(c.jid(ownLocal(viewer)), nodeAddresses, say.Say("disco.addresses.yours", nil))
			out = append(out, own)
		} else {
			out = append(out, item(c.cfg.Domain, "", say.Say("disco.name", map[string]any{"name": c.cfg.Name})))
		}
		if viewer.Admin {
			out = append(out, item(c.cfg.Domain, nodeUsers, say.Say("disco.users", nil)))
		}
	case wallet.UserContact:
		if insider(t) {
			out = append(out, item(c.jid(t.Node), nodeAddresses, say.Say(addressesName(t), nil)))
		}
		if t.RealJID != "" {
			out = append(out, item(t.RealJID, "", say.Say("disco.identity", nil)))
		}
	case wallet.AddressContact:
		if t.Owner != "" {
			out = append(out, item(c.jid(t.Owner), "", say.Say("disco.owner", nil)))
		}
	}
	return out
}

// ownLocal is the local part that stands for a member: the username, or the
// whole JID, escaped.
func ownLocal(a wallet.Account) string {
	if a.Username != "" {
		return a.Username
	}
	return address.Escape(a.JID)
}

// users lists every member, for an admin.
func (c *Component) users(ctx context.Context, admin string) ([]*Element, error) {
	by, err := c.caller(ctx, admin)
	if err != nil {
		return nil, err
	}
	all, err := c.desk.Directory(ctx, by)
	if err != nil {
		return nil, err
	}
	return c.items(all), nil
}

// addresses lists the addresses of the user t, for themself and for an admin.
func (c *Component) addresses(ctx context.Context, viewer string, t wallet.Contact) ([]*Element, error) {
	by, err := c.caller(ctx, viewer)
	if err != nil {
		return nil, err
	}
	all, err := c.desk.AddressContacts(ctx, by, t.Name)
	if err != nil {
		return nil, err
	}
	return c.items(all), nil
}

// items are contacts in the tree.
func (c *Component) items(all []wallet.Contact) []*Element {
	out := make([]*Element, 0, len(all))
	for _, k := range all {
		out = append(out, item(c.jid(k.Node), "", k.Name))
	}
	return out
}

// commandPlace is the list of commands, or one of them (XEP-0050 §2.2).
func (c *Component) commandPlace(ctx context.Context, q *Stanza, say i18n.Printer, node string) (place, error) {
	menu, err := c.desk.Menu(ctx, q.User, q.At)
	if err != nil {
		return place{}, err
	}
	if node == nsCommands {
		return place{"automation", "command-list", say.Say("disco.commands", nil), branch,
			func(context.Context) ([]*Element, error) {
				out := make([]*Element, 0, len(menu))
				for _, s := range menu {
					out = append(out, item(c.jid(q.At), s.Name, say.Say(titleOf(s.Name), nil)))
				}
				return out, nil
			}}, nil
	}
	name := commandName(node)
	if !slices.ContainsFunc(menu, func(s command.Spec) bool { return s.Name == name }) {
		return place{}, errNotFound
	}
	return place{category: "automation", kind: "command-node", name: say.Say(titleOf(name), nil),
		features: []string{nsInfo, nsCommands, nsForm}}, nil
}
