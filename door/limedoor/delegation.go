package limedoor

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
)

// mostDelegations is how many an account may give.
const mostDelegations = 64

// delegations lets a user in person say who else may look at the account, and
// ask for payments. Bots cannot: one of a small budget would make another
// without.
func (d *Door) delegations(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/delegations", func(ctx context.Context, c *call) (lime.Document, error) {
		all, err := c.delegated(ctx)
		return lime.CollectionOf(all), err
	})
	d.handle(m, lime.Get, "/delegations/{identity}", func(ctx context.Context, c *call) (lime.Document, error) {
		all, err := c.delegated(ctx)
		if err != nil {
			return nil, err
		}
		target, err := c.delegate()
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(d lime.Delegation) bool { return d.Target.Equal(target) })
		if i < 0 {
			return nil, refuse(lime.NotFound, "contact.unknown", nil)
		}
		return all[i], nil
	})
	for _, method := range []lime.Method{lime.Set, lime.Merge} {
		d.handle(m, method, "/delegations", putDelegation)
		d.handle(m, method, "/delegations/{identity}", putDelegation)
	}
	d.handle(m, lime.Delete, "/delegations/{identity}", dropDelegation)
}

// delegated lists the delegations of the account, for the user in person.
func (c *call) delegated(ctx context.Context) ([]lime.Delegation, error) {
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	if err := c.mayLook(ctx); err != nil {
		return nil, err
	}
	return delegations{c.door}.Of(ctx, c.Owner)
}

// delegate is the identity in the path.
func (c *call) delegate() (lime.Identity, error) {
	n, err := lime.ParseNode(lime.UnescapeName(c.Var("identity")))
	return n.In(c.door.o.Domain).Identity, err
}

// putDelegation takes a delegation as it is, in the place of an older one.
func putDelegation(ctx context.Context, c *call) (lime.Document, error) {
	doc, err := lime.As[lime.Delegation](c.Resource)
	if err != nil {
		return nil, err
	}
	if c.Var("identity") != "" {
		if doc.Target, err = c.delegate(); err != nil {
			return nil, err
		}
	}
	doc.Target = lime.Node{Identity: doc.Target}.In(c.door.o.Domain).Identity
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	target, err := c.door.username(doc.Target)
	if err != nil {
		return nil, refuse(lime.InvalidArgument, "contact.unknown", nil)
	}
	if len(doc.Messages)+len(doc.Notifications)+len(doc.Commands)+len(doc.EnvelopeTypes) > mostDelegations {
		return nil, lime.Errorf(lime.QuotaExceeded, "a delegation may have %d rules", mostDelegations)
	}
	rules, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	by, err := c.caller(ctx, "delegations")
	if err != nil {
		return nil, err
	}
	return nil, c.door.desk.Delegate(ctx, by, target, string(rules), mostDelegations)
}

// dropDelegation takes a delegation back. There may be none, and nobody of that
// name.
func dropDelegation(ctx context.Context, c *call) (lime.Document, error) {
	if err := c.inPerson(); err != nil {
		return nil, err
	}
	target, err := c.delegate()
	if err != nil {
		return nil, err
	}
	name, err := c.door.username(target)
	if err != nil {
		return nil, nil
	}
	by, err := c.caller(ctx, "delegations")
	if err != nil {
		return nil, err
	}
	err = c.door.desk.Undelegate(ctx, by, name)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return nil, err
}

// delegations is what the desk keeps, as the server asks for it: it is the same
// at every instance of the gateway, and after a restart.
type delegations struct{ *Door }

// Of lists the delegations of who has an identity now.
func (d delegations) Of(ctx context.Context, owner lime.Identity) ([]lime.Delegation, error) {
	name, err := d.username(owner)
	if err != nil {
		return nil, nil // an identity of nobody
	}
	kept, err := d.desk.Delegations(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	all := make([]lime.Delegation, 0, len(kept))
	for _, k := range kept {
		var one lime.Delegation
		if err := json.Unmarshal([]byte(k.Rules), &one); err != nil {
			return nil, err
		}
		one.Target = lime.Identity{Name: k.Target, Domain: d.o.Domain} // the name may be another by now
		all = append(all, one)
	}
	return all, err
}
