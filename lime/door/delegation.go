package door

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/lime"
)

// mostDelegations is how many an account may give.
const mostDelegations = 64

// delegations lets a user in person say who else may look at the account, and
// ask for payments. They are kept as long as the gateway runs. Bots cannot: one
// of a small budget would make another without.
func (d *Door) delegations(m *lime.Mux) {
	d.handle(m, lime.Get, "/delegations", func(ctx context.Context, c *call) (lime.Document, error) {
		if err := c.inPerson(); err != nil {
			return nil, err
		}
		all, err := d.allowed.Of(ctx, c.Owner)
		return lime.CollectionOf(all), err
	})
	d.handle(m, lime.Get, "/delegations/{identity}", func(ctx context.Context, c *call) (lime.Document, error) {
		all, i, err := c.delegation(ctx)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			return nil, refuse(lime.NotFound, "contact.unknown", nil)
		}
		return all[i], nil
	})
	for _, method := range []lime.Method{lime.Set, lime.Merge} {
		d.handle(m, method, "/delegations", putDelegation)
		d.handle(m, method, "/delegations/{identity}", putDelegation)
	}
	d.handle(m, lime.Delete, "/delegations/{identity}", func(ctx context.Context, c *call) (lime.Document, error) {
		all, i, err := c.delegation(ctx)
		if err != nil || i < 0 {
			return nil, err
		}
		return nil, d.allowed.Remove(ctx, c.Owner, all[i].Target)
	})
}

// delegation finds the one that the path names, -1 for none.
func (c *call) delegation(ctx context.Context) ([]lime.Delegation, int, error) {
	if err := c.inPerson(); err != nil {
		return nil, -1, err
	}
	n, err := lime.ParseNode(lime.UnescapeName(c.Var("identity")))
	if err != nil {
		return nil, -1, err
	}
	all, err := c.door.allowed.Of(ctx, c.Owner)
	target := n.In(c.door.o.Domain).Identity
	return all, slices.IndexFunc(all, func(d lime.Delegation) bool { return d.Target.Equal(target) }), err
}

// putDelegation takes a delegation as it is, in the place of an older one.
func putDelegation(ctx context.Context, c *call) (lime.Document, error) {
	doc, err := lime.As[lime.Delegation](c.Resource)
	if err != nil {
		return nil, err
	}
	if name := c.Var("identity"); name != "" {
		n, err := lime.ParseNode(lime.UnescapeName(name))
		if err != nil {
			return nil, err
		}
		doc.Target = n.Identity
	}
	doc.Target = lime.Node{Identity: doc.Target}.In(c.door.o.Domain).Identity
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	if _, err := c.door.username(doc.Target); err != nil {
		return nil, refuse(lime.InvalidArgument, "contact.unknown", nil)
	}
	all, err := c.door.allowed.Of(ctx, c.Owner)
	if err != nil {
		return nil, err
	}
	if len(all) >= mostDelegations || len(doc.Messages)+len(doc.Notifications)+len(doc.Commands)+len(doc.EnvelopeTypes) > mostDelegations {
		return nil, lime.Errorf(lime.QuotaExceeded, "an account may have %d delegations, each with as many rules", mostDelegations)
	}
	return nil, c.door.allowed.Put(ctx, c.Owner, doc)
}
