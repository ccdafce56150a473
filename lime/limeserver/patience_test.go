package limeserver_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// from is a transport that says that it comes from elsewhere.
type from struct {
	lime.Transport
	info lime.Info
}

func (f from) Info() lime.Info { return f.info }

func TestTooManyWrongPasswords(t *testing.T) {
	s := limetest.New()
	s.Limits.Failures = 3
	there := lime.Info{Kind: "tcp", Remote: "192.0.2.1", Encryption: lime.TLS}
	login := func(password string, i lime.Info) error {
		client, server := lime.Pipe()
		accept(t, s, from{server, i})
		_, err := keep(t)(as("alice", lime.WithPassword(password)).Establish(ctxOf(t), client))
		return err
	}
	for range 3 {
		if err := login("wrong", there); code(err) != lime.AuthenticationFailed {
			t.Fatal(err)
		}
	}
	if err := login("secret", there); err != nil {
		t.Errorf("the right one: %v", err)
	}
	elsewhere := there
	elsewhere.Remote = "192.0.2.2"
	if err := login("secret", elsewhere); err != nil {
		t.Errorf("from another address: %v", err)
	}
}

func TestConnectionsThatAreNotEstablished(t *testing.T) {
	s := limetest.New()
	s.Limits.Strangers = 2
	there := lime.Info{Kind: "tcp", Remote: "2001:db8:0:1::3", Encryption: lime.TLS}
	for _, address := range []string{"2001:db8:0:1::1", "2001:db8:0:1:ffff::2"} { // of one customer
		client, server := lime.Pipe()
		accept(t, s, from{server, lime.Info{Kind: "tcp", Remote: address, Encryption: lime.TLS}})
		if err := client.Send(ctxOf(t), [][]byte{[]byte(`{"state":"new"}`)}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Receive(); err != nil { // it is being served
			t.Fatal(err)
		}
	}
	_, server := lime.Pipe()
	if err := s.Accept(ctxOf(t), from{server, there}); code(err) != lime.QuotaExceeded {
		t.Errorf("the third: %v", err)
	}
	dial(t, s, limetest.Dialer("alice")) // from elsewhere
}
