package limeserver

import (
	"context"
	"slices"
	"sync"

	"github.com/bitcoim/bitcoim/lime"
)

// Delegations knows who may act for whom.
type Delegations interface {
	// Of lists the delegations that an account gave.
	Of(ctx context.Context, owner lime.Identity) ([]lime.Delegation, error)
}

// KeptDelegations are Delegations that accounts change by the resources of this
// package. Whoever has resources of their own for it needs none.
type KeptDelegations interface {
	Delegations
	// Put adds one, in the place of one with the same target.
	Put(ctx context.Context, owner lime.Identity, d lime.Delegation) error
	// Remove takes one back; there may be none.
	Remove(ctx context.Context, owner, target lime.Identity) error
}

// mayAct says whether a session may send an envelope for somebody else, or use
// somebody else's resource.
func (s *Server) mayAct(ctx context.Context, owner lime.Identity, c *Channel, e lime.Envelope) error {
	refused := lime.Errorf(lime.PermissionRequired, "a delegation of %s is missing", owner)
	if s.Delegations == nil || c.role == Visitor {
		return refused
	}
	all, err := s.Delegations.Of(ctx, owner)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Target.Equal(c.end.Remote.Identity) && d.Allows(e) {
			return nil
		}
	}
	return refused
}

// delegate adds the resources by which accounts manage their delegations. Only
// the account itself may: a delegate must not make others.
func delegate(m *Mux) {
	handle := func(method lime.Method, path string, h func(ctx context.Context, d KeptDelegations, r *Request) (lime.Document, error)) {
		m.Handle(method, path, func(ctx context.Context, r *Request) (lime.Document, error) {
			d, ok := r.server().Delegations.(KeptDelegations)
			if !ok {
				return nil, lime.Errorf(lime.NotFound, "there are no delegations")
			}
			if err := r.own(); err != nil {
				return nil, err
			}
			return h(ctx, d, r)
		})
	}
	handle(lime.Get, "/delegations", func(ctx context.Context, d KeptDelegations, r *Request) (lime.Document, error) {
		all, err := d.Of(ctx, r.Owner)
		return lime.CollectionOf(all), err
	})
	handle(lime.Get, "/delegations/{identity}", func(ctx context.Context, d KeptDelegations, r *Request) (lime.Document, error) {
		all, err := d.Of(ctx, r.Owner)
		if err != nil {
			return nil, err
		}
		target, err := r.target()
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(d lime.Delegation) bool { return d.Target.Equal(target) })
		if i < 0 {
			return nil, lime.Errorf(lime.NotFound, "there is no such delegation")
		}
		return all[i], nil
	})
	for _, method := range []lime.Method{lime.Set, lime.Merge} {
		handle(method, "/delegations", putDelegation)
		handle(method, "/delegations/{identity}", putDelegation)
	}
	handle(lime.Delete, "/delegations/{identity}", func(ctx context.Context, d KeptDelegations, r *Request) (lime.Document, error) {
		target, err := r.target()
		if err != nil {
			return nil, err
		}
		return nil, d.Remove(ctx, r.Owner, target)
	})
}

// target is the identity in the path, with the server's domain if it has none.
func (r *Request) target() (lime.Identity, error) {
	n, err := lime.ParseNode(lime.UnescapeName(r.Var("identity")))
	return n.In(r.server().Domain).Identity, err
}

func putDelegation(ctx context.Context, d KeptDelegations, r *Request) (lime.Document, error) {
	doc, err := lime.As[lime.Delegation](r.Resource)
	if err != nil {
		return nil, err
	}
	if r.Var("identity") != "" {
		if doc.Target, err = r.target(); err != nil {
			return nil, err
		}
	}
	doc.Target = lime.Node{Identity: doc.Target}.In(r.server().Domain).Identity
	if doc.Target.Name == "" || len(doc.EnvelopeTypes)+len(doc.Messages)+len(doc.Notifications)+len(doc.Commands) > maxListed {
		return nil, lime.Errorf(lime.InvalidArgument, "a delegation has a target and not more than %d rules", maxListed)
	}
	old, err := d.Of(ctx, r.Owner)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(old, func(d lime.Delegation) bool { return d.Target.Equal(doc.Target) })
	switch {
	case i < 0 && len(old) >= maxListed:
		return nil, lime.Errorf(lime.QuotaExceeded, "an account may have %d delegations", maxListed)
	case i >= 0 && r.Method == lime.Merge:
		doc.EnvelopeTypes = union(old[i].EnvelopeTypes, doc.EnvelopeTypes)
		doc.Messages = union(old[i].Messages, doc.Messages)
		doc.Notifications = union(old[i].Notifications, doc.Notifications)
		doc.Commands = union(old[i].Commands, doc.Commands)
	}
	return nil, d.Put(ctx, r.Owner, doc)
}

// union is all of a and what of b is not in it.
func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// MemoryDelegations keeps delegations as long as the program runs.
type MemoryDelegations struct {
	mu  sync.Mutex
	all map[string][]lime.Delegation
}

// Of lists the delegations of an account.
func (m *MemoryDelegations) Of(_ context.Context, owner lime.Identity) ([]lime.Delegation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.all[owner.Key()]), nil
}

// Put adds one, or replaces it.
func (m *MemoryDelegations) Put(ctx context.Context, owner lime.Identity, d lime.Delegation) error {
	if err := m.Remove(ctx, owner, d.Target); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[string][]lime.Delegation{}
	}
	m.all[owner.Key()] = append(m.all[owner.Key()], d)
	return nil
}

// Remove takes one back.
func (m *MemoryDelegations) Remove(_ context.Context, owner, target lime.Identity) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all != nil {
		m.all[owner.Key()] = slices.DeleteFunc(slices.Clone(m.all[owner.Key()]), func(d lime.Delegation) bool { return d.Target.Equal(target) })
	}
	return nil
}
