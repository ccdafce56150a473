// Package limetest has a LIME server with accounts in memory, for tests.
package limetest

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
	"github.com/bitcoim/bitcoim/lime/limeserver"
)

// Domain of the accounts.
const Domain = "localhost"

// Server is a server that runs until the test ends. Its accounts have
// passwords, keys and tokens; guests may make accounts; and accounts may write
// to each other.
type Server struct {
	*limeserver.Server
	Mux *limeserver.Mux
	TCP string // tcp://host:port
	WS  string // ws://host:port/lime

	mu       sync.Mutex
	accounts map[string]account
}

type account struct{ password, key string }

// Add makes an account.
func (s *Server) Add(name, password, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[strings.ToLower(name)] = account{password, key}
}

func (s *Server) account(name string) (account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.accounts[strings.ToLower(name)]
	return a, ok
}

func same(a, b string) bool { return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// login checks passwords, keys, and tokens, which are keys with an issuer.
func (s *Server) login(_ context.Context, l limeserver.Login) (limeserver.Grant, error) {
	a, _ := s.account(l.Node.Name)
	proof := l.Authentication
	ok := false
	switch l.Scheme {
	case lime.SchemePlain:
		ok = same(a.password, proof.Password)
	case lime.SchemeKey:
		ok = same(a.key, proof.Key) || same(a.key, proof.Raw)
	case lime.SchemeExternal:
		ok = proof.Issuer == "test" && same(a.key, proof.Token)
	}
	if !ok {
		return limeserver.Grant{}, lime.ErrRefused
	}
	return limeserver.Grant{Role: limeserver.Member, Principal: l.Node.Name}, nil
}

// register makes an account for a guest: set lime://name@domain/account.
func (s *Server) register(_ context.Context, r *limeserver.Request) (lime.Document, error) {
	doc, err := lime.As[lime.Account](r.Resource)
	if err != nil {
		return nil, err
	}
	if err := r.Owner.Valid(); err != nil {
		return nil, err
	}
	if _, there := s.account(r.Owner.Name); there || doc.Password == "" {
		return nil, lime.Errorf(lime.NotAllowed, "the name is taken")
	}
	s.Add(r.Owner.Name, lime.Secret(doc.Password), "")
	return nil, nil
}

// New makes a server that does not listen yet, with the accounts alice and bob:
// the password and the key are "secret".
func New() *Server {
	s := &Server{Mux: limeserver.NewMux(), accounts: map[string]account{}}
	s.Add("alice", "secret", "secret")
	s.Add("bob", "secret", "secret")
	s.Mux.Handle(lime.Set, "/account", s.register, limeserver.ForGuests(), limeserver.ForAnybody())
	s.Mux.Handle(lime.Get, "/account", func(_ context.Context, r *limeserver.Request) (lime.Document, error) {
		return lime.Account{FullName: r.Owner.Name}, nil
	})
	s.Server = &limeserver.Server{
		Domain: Domain,
		Node:   lime.Node{Identity: lime.Identity{Name: lime.Postmaster, Domain: Domain}, Instance: "test"},
		Mux:    s.Mux,
		Authenticators: map[lime.Scheme]limeserver.Authenticator{
			lime.SchemeGuest: limeserver.GuestLogin(Domain), lime.SchemePlain: s.login, lime.SchemeKey: s.login,
			lime.SchemeExternal: s.login, lime.SchemeTransport: limeserver.CertificateLogin(),
		},
		Directory: func(_ context.Context, i lime.Identity) (limeserver.Place, error) {
			if _, ok := s.account(i.Name); ok {
				return limeserver.AtHome, nil
			}
			return limeserver.Nowhere, nil
		},
		Relay:       func(context.Context, *limeserver.Channel, lime.Identity, lime.Envelope) error { return nil },
		Delegations: &limeserver.MemoryDelegations{},
		Inbox:       &limeserver.MemoryInbox{},
	}
	return s
}

// Start makes it listen on free ports of the loopback, until the test ends.
func (s *Server) Start(t testing.TB) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var listening sync.WaitGroup
	listening.Go(func() { _ = s.ListenTCP(ctx, l) })
	web := httptest.NewServer(http.Handler(s.Server))
	s.TCP = "tcp://" + l.Addr().String()
	s.WS = "ws://" + strings.TrimPrefix(web.URL, "http://") + "/lime"
	t.Cleanup(func() {
		stop()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		listening.Wait()
		web.Close()
	})
	return s
}

// Dialer of an account, with its password.
func Dialer(name string) *limeclient.Dialer {
	return &limeclient.Dialer{
		Node:           lime.Node{Identity: lime.Identity{Name: name, Domain: Domain}, Instance: "test"},
		Authentication: lime.WithPassword("secret"),
	}
}
