package limedoor

import (
	"context"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

func (d *Door) contacts(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/contacts", func(ctx context.Context, c *call) (lime.Document, error) {
		skip, take, err := c.Page(most)
		if err != nil {
			return nil, err
		}
		all, err := c.contacts(ctx)
		if err != nil {
			return nil, err
		}
		docs := make([]lime.Document, len(all))
		for i, one := range all {
			docs[i] = d.contactOf(one)
		}
		return part(docs, lime.TypeContact, skip, take), nil
	})
	d.handle(m, lime.Get, "/contacts/{identity}", func(ctx context.Context, c *call) (lime.Document, error) {
		all, err := c.contacts(ctx)
		if err != nil {
			return nil, err
		}
		at, err := c.at(c.Var("identity"))
		for _, one := range all {
			if err == nil && one.Node == at {
				return d.contactOf(one), nil
			}
		}
		return nil, refuse(lime.NotFound, "contact.unknown", nil)
	})
	d.handle(m, lime.Set, "/contacts", func(ctx context.Context, c *call) (lime.Document, error) {
		want, err := lime.As[lime.Contact](c.Resource)
		if err != nil {
			return nil, err
		}
		return nil, c.keep(ctx, want.Identity.String(), true)
	})
	d.handle(m, lime.Set, "/contacts/{identity}", func(ctx context.Context, c *call) (lime.Document, error) {
		return nil, c.keep(ctx, c.Var("identity"), true)
	})
	d.handle(m, lime.Delete, "/contacts/{identity}", func(ctx context.Context, c *call) (lime.Document, error) {
		return nil, c.keep(ctx, c.Var("identity"), false)
	})
}

// contacts are those in the user's roster, for whoever may read the history: it
// names the same people.
func (c *call) contacts(ctx context.Context) ([]wallet.Contact, error) {
	if err := c.mayLook(ctx); err != nil {
		return nil, err
	}
	by, err := c.caller(ctx, "contacts")
	if err != nil {
		return nil, err
	}
	return c.door.desk.Contacts(ctx, by)
}

func (d *Door) contactOf(c wallet.Contact) lime.Contact {
	name := c.Name
	if c.Label != "" {
		name = c.Label
	}
	group := map[wallet.ContactKind]string{wallet.AddressContact: "addresses", wallet.UserContact: "users"}[c.Kind]
	return lime.Contact{Identity: lime.Identity{Name: c.Node, Domain: d.o.Domain}, Name: name, Group: group}
}

// at is the local part of one of our contacts, as the desk knows it.
func (c *call) at(text string) (string, error) {
	n, err := lime.ParseNode(lime.UnescapeName(text))
	if err != nil || address.Fold(n.In(c.door.o.Domain).Domain) != address.Fold(c.door.o.Domain) {
		return "", refuse(lime.NotFound, "contact.unknown", nil)
	}
	return address.Fold(n.Name), nil
}

// keep puts a contact into the roster or takes it out.
func (c *call) keep(ctx context.Context, text string, on bool) error {
	if err := c.inPerson(); err != nil {
		return err
	}
	at, err := c.at(text)
	if err != nil {
		return err
	}
	by, err := c.caller(ctx, "contacts")
	if err != nil {
		return err
	}
	if on {
		if _, err := c.door.desk.Contact(ctx, by, at); err != nil {
			return err
		}
	}
	return c.door.desk.Subscribe(ctx, by, at, on)
}
