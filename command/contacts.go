package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Contact says who at@gateway is, as viewer may see it. Usernames are seen by
// registered users only, and a real JID is no contact: nobody finds out here
// who has an account.
func (d *Desk) Contact(ctx context.Context, viewer, at string) (_ Contact, err error) {
	defer wallet.DatabaseAway(&err)
	nobody := wallet.ErrNoContact
	v, err := useraccount.ByJID(ctx, d.DB.Read(), viewer)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Contact{}, err
	}
	if at == "" {
		return d.gateway(v), nil
	}
	if a, err := address.DecodeJID(at, d.Policy.Network); err == nil {
		own, err := deposit.Owner(ctx, d.DB.Read(), a.String())
		if err != nil {
			return Contact{}, err
		}
		if own == nil || own.User == 0 {
			own = &deposit.Address{Address: a.String(), Node: at}
		}
		c := d.contactOf(*own, v)
		if own.User != 0 && (c.Mine || d.Admin(viewer)) {
			u, err := useraccount.ByID(ctx, d.DB.Read(), own.User)
			if err != nil {
				return Contact{}, err
			}
			c.Owner = u.Name
		}
		return c, nil
	}
	if v == nil || !v.Active {
		if !d.Admin(viewer) {
			return Contact{}, nobody
		}
	}
	name := address.Fold(address.Unescape(at))
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return Contact{}, nobody // no username; a database need not see it
	}
	u, err := useraccount.ByName(ctx, d.DB.Read(), name)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return Contact{}, nobody
		}
		return Contact{}, err
	}
	return d.userContact(u, v, viewer), nil
}

// gateway is the gateway itself; its status tells a user the balance.
func (d *Desk) gateway(v *useraccount.User) Contact {
	c := Contact{Kind: ToGateway, Name: d.Policy.Domain}
	c.Lang, c.Unit = d.Speech(v, "")
	if v == nil || !v.Active || !v.Presence {
		return c
	}
	c.Status = &Line{Phrase: "presence.balance", Args: map[string]any{"name": called(v), "balance": int64(v.Has.Balance)}}
	return c
}

// called is what to call a user: an account of old may have no name yet.
func called(u *useraccount.User) string {
	if u.Name != "" {
		return u.Name
	}
	local, _, _ := address.SplitJID(u.JID)
	return local
}

// contactOf is an address as a contact; v may be nil.
func (d *Desk) contactOf(a deposit.Address, v *useraccount.User) Contact {
	c := Contact{Kind: ToAddress, Node: a.Node, Name: a.Address, Address: a.Address}
	if c.Node == "" {
		c.Node = address.EncodeJID(a.Address)
	}
	if d.Policy.ExplorerURL != "" {
		c.URL = strings.ReplaceAll(d.Policy.ExplorerURL, "{address}", a.Address)
	}
	c.Lang, c.Unit = d.Speech(v, "")
	if v != nil && a.User == v.ID {
		c.Mine, c.Label = true, a.Label
		c.Status = addressStatus(a.Label, a.Received, v.Presence)
	}
	return c
}

// addressContact is an address of the user's as a contact of theirs.
func (c *Call) addressContact(a wallet.Address) Contact {
	return c.rosterAddress(a, c.by.User.Presence)
}

// rosterAddress is an address of the user's, who may have no account yet, as a contact of
// theirs; shown says that they see balances in the roster.
func (c *Call) rosterAddress(a wallet.Address, shown bool) Contact {
	own := c.contactOf(deposit.Address{Address: a.Address, Node: a.Node}, c.by.User)
	own.Mine, own.Label = true, a.Label
	own.Status = addressStatus(a.Label, a.Received, shown)
	return own
}

// addressStatus is what an address says to its owner.
func addressStatus(label string, received amount.Msat, shown bool) *Line {
	return &Line{Phrase: "presence.address", Args: map[string]any{"label": label, "received": int64(received), "show": shown}}
}

// userContact is a username as a contact.
func (d *Desk) userContact(u, v *useraccount.User, viewer string) Contact {
	c := Contact{Kind: ToUser, Node: u.Name, Name: u.Name, Mine: v != nil && v.ID == u.ID}
	c.Lang, c.Unit = d.Speech(v, "")
	if c.Mine || d.Admin(viewer) {
		c.RealJID = u.JID
	}
	if c.Mine && u.Presence {
		c.Status = &Line{Phrase: "presence.balance", Args: map[string]any{"name": u.Name, "balance": int64(u.Has.Balance)}}
	}
	return c
}

// Contacts lists who speaks to user with a presence of their own.
func (d *Desk) Contacts(ctx context.Context, user string) (all []Contact, err error) {
	defer wallet.DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return nil, err
	}
	own, err := deposit.Addresses(ctx, d.DB.Read(), u.ID)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, a := range own {
		c := d.contactOf(a, u)
		seen[c.Node] = true
		all = append(all, c)
	}
	nodes, err := useraccount.Roster(ctx, d.DB.Read(), u)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if n == "" || seen[n] {
			continue
		}
		c, err := d.Contact(ctx, user, n)
		if fault.Is(err, fault.NotFound) {
			continue // gave up the name
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// Subscribe remembers that user wants, or no longer wants, the presence of at.
func (d *Desk) Subscribe(ctx context.Context, user, at string, on bool) (err error) {
	defer wallet.DatabaseAway(&err)
	u, err := useraccount.ByJID(ctx, d.DB.Read(), user)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			if !on {
				return nil
			}
			return d.Serves(user) // and who has no account yet is remembered by the server
		}
		return err
	}
	if !u.Active {
		return nil
	}
	return d.DB.Tx(ctx, func(tx *db.Tx) error {
		if on {
			return useraccount.Subscribe(ctx, tx, u, at)
		}
		return useraccount.Unsubscribe(ctx, tx, u, at)
	})
}

// Members lists registered bare JIDs in order, n at most, after the one given.
func (d *Desk) Members(ctx context.Context, after string, n int) (_ []string, err error) {
	defer wallet.DatabaseAway(&err)
	return useraccount.Members(ctx, d.DB.Read(), after, n)
}

// Directory lists the users as contacts, for an admin only.
func (d *Desk) Directory(ctx context.Context, admin string) (_ []Contact, err error) {
	defer wallet.DatabaseAway(&err)
	if !d.Admin(admin) {
		return nil, fault.New(fault.NotAllowed, "directory.admins-only", nil)
	}
	all, err := useraccount.All(ctx, d.DB.Read())
	if err != nil {
		return nil, err
	}
	var contacts []Contact
	for i := range all {
		u := &all[i]
		if !u.Active || u.Name == "" {
			continue
		}
		contacts = append(contacts, Contact{Kind: ToUser, Node: u.Name, Name: u.Name, RealJID: u.JID})
	}
	return contacts, nil
}
