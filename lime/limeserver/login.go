package limeserver

import (
	"context"
	"errors"
	"slices"

	"github.com/bitcoim/bitcoim/lime"
)

// Authenticator decides whether somebody is who they say. Whoever is not gets
// lime.ErrRefused; a *[Reason] is told as it is. Any other error is logged, and the
// client hears that it did not work.
type Authenticator func(ctx context.Context, l Login) (Grant, error)

// Login is what a client says of itself.
type Login struct {
	Node           lime.Node // with the server's domain if it had none; of a guest perhaps zero
	Scheme         lime.Scheme
	Authentication lime.Authentication
	Round          int    // 0 at first, then how often there was a challenge
	Session        string // id
	Info           lime.Info
}

// Grant is what an authenticator gives.
type Grant struct {
	Role      Role
	Identity  lime.Identity // zero: that of the login
	Principal any           // what Channel.Principal returns
	// Challenge, if it is not nil, is asked back, and the login goes on.
	Challenge *lime.Authentication
}

// check asks the authenticator, when it is the turn of whom it comes from.
func (s *Server) check(ctx context.Context, l Login, options []lime.Scheme) (Grant, error) {
	if !slices.Contains(options, l.Scheme) {
		return Grant{}, lime.Errorf(lime.AuthenticationFailed, "the scheme was not on offer")
	}
	back, err := s.failures.slow(ctx, l.Info.Remote)
	if err != nil {
		s.Log.Warn("lime: too many failed logins", "remote", l.Info.Remote)
		return Grant{}, err
	}
	failed := false
	defer func() {
		if !failed {
			back()
		}
	}()
	g, err := s.Authenticators[l.Scheme](ctx, l)
	var reason *lime.Reason
	switch {
	case errors.As(err, &reason):
		failed = reason.Code != lime.RequestLimit // which says nothing about the secret
		s.Log.Warn("lime: a login was refused", "node", l.Node.String(), "scheme", string(l.Scheme), "remote", l.Info.Remote)
		return Grant{}, reason
	case err != nil:
		s.Log.Error("lime: a login could not be checked", "node", l.Node.String(), "scheme", string(l.Scheme), "err", err)
		return Grant{}, lime.Errorf(lime.SessionError, "nobody can log in at the moment")
	case g.Challenge == nil && g.Role == Unknown:
		return Grant{}, lime.ErrRefused
	}
	return g, nil
}

// GuestLogin lets guests in, each under a name that nobody has. It is an
// Authenticator for the guest scheme.
func GuestLogin(domain string) Authenticator {
	return func(context.Context, Login) (Grant, error) {
		id := lime.NewID() // in the form of a UUID, as some expect of a guest's name
		name := id[:8] + "-" + id[8:12] + "-4" + id[13:16] + "-a" + id[17:20] + "-" + id[20:]
		return Grant{Role: Visitor, Identity: lime.Identity{Name: name, Domain: domain}}, nil
	}
}
