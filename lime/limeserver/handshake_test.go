package limeserver_test

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// What a client must not do before its session is established.
func TestWhatEndsAnEstablishment(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		code lime.Code
	}{
		"a command first":         {ping, lime.InvalidAction},
		"no new first":            {`{"state":"authenticating"}`, lime.InvalidAction},
		"no JSON":                 {`GET / HTTP/1.1`, lime.Validation},
		"17 KiB before a login":   {`{"state":"new","metadata":{"a":"` + strings.Repeat("x", 17<<10) + `"}}`, lime.Validation},
		"a state that there isnt": {`{"state":"gnu"}`, lime.Validation},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, limetest.New())
			s.write(tt.in)
			if a := s.want("failed"); a.Reason.Code != tt.code {
				t.Errorf("got %+v", a)
			}
			s.ended()
		})
	}
	for name, tt := range map[string]struct {
		in   func(id string) string
		code lime.Code
	}{
		"another id":               {func(string) string { return login("other") }, lime.SessionError},
		"a scheme that isnt there": {func(id string) string { return strings.Replace(login(id), "plain", "unknown", 1) }, lime.AuthenticationFailed},
		"no certificate":           {func(id string) string { return strings.Replace(login(id), "plain", "transport", 1) }, lime.AuthenticationFailed},
		"a wrong password":         {func(id string) string { return strings.Replace(login(id), "c2Vj", "d2Vj", 1) }, lime.AuthenticationFailed},
		"a name that nobody has":   {func(id string) string { return strings.Replace(login(id), "alice", "nobody", 1) }, lime.AuthenticationFailed},
		"another domain":           {func(id string) string { return strings.Replace(login(id), "@localhost", "@elsewhere", 1) }, lime.InvalidIdentity},
		"a message in between":     {func(string) string { return `{"id":"1","type":"text/plain","content":"hi"}` }, lime.InvalidAction},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, limetest.New())
			s.write(`{"id":"an id on new is ignored","state":"new"}`)
			id := s.want("authenticating").ID
			s.write(tt.in(id))
			if a := s.want("failed"); a.Reason.Code != tt.code {
				t.Errorf("got %+v", a)
			}
			s.ended()
		})
	}
}

func TestAClientThatSaysNothing(t *testing.T) {
	s := limetest.New()
	s.Limits.Establish = time.Millisecond
	c := open(t, s)
	c.write(`{"state":`)
	if a := c.want("failed"); a.Reason.Code != lime.NegotiationTimeout {
		t.Errorf("got %+v", a)
	}
	c.ended()
}

func tlsServer() *limetest.Server {
	cert, _ := selfSigned()
	s := limetest.New()
	s.TLS, s.RequireTLS = &tls.Config{Certificates: []tls.Certificate{cert}}, true
	return s
}

// A server that wants TLS asks nobody for a password without it.
func TestPlainTextWhereTLSIsRequired(t *testing.T) {
	s := open(t, tlsServer())
	s.write(`{"state":"new"}`)
	a := s.want("negotiating")
	if len(a.EncryptionOptions) != 1 || a.EncryptionOptions[0] != "tls" {
		t.Errorf("offered %v", a.EncryptionOptions)
	}
	s.write(`{"id":"` + a.ID + `","state":"negotiating","encryption":"none","compression":"none"}`)
	if a := s.want("failed"); a.Reason.Code != lime.NegotiationInvalid {
		t.Errorf("got %+v", a)
	}
	s.ended()
}

func TestAPasswordInsteadOfAChoice(t *testing.T) {
	s := open(t, tlsServer())
	s.write(`{"state":"new"}`)
	s.write(login(s.want("negotiating").ID))
	if a := s.want("failed"); a.Reason.Code != lime.InvalidAction {
		t.Errorf("got %+v", a)
	}
	s.ended()
}

// Some clients write a newline behind their choice, which comes before the
// handshake or with it, and nothing may come behind the confirmation.
func TestNewlinesBeforeTheHandshake(t *testing.T) {
	for name, late := range map[string]bool{"with the choice": false, "after the confirmation": true} {
		t.Run(name, func(t *testing.T) {
			s := open(t, tlsServer())
			s.write(`{"state":"new"}` + "\n")
			id := s.want("negotiating").ID
			choice := `{"id":"` + id + `","state":"negotiating","encryption":"tls","compression":"none"}`
			if !late {
				choice += "\r\n "
			}
			s.write(choice)
			s.want("negotiating")
			if rest, err := io.ReadAll(s.in.Buffered()); err != nil || len(rest) > 0 {
				t.Errorf("%q behind the confirmation, %v", rest, err)
			}
			if late {
				s.write("\n")
			}
			_, pool := selfSigned()
			secure := tls.Client(s.conn, &tls.Config{RootCAs: pool, ServerName: "example.com"})
			s.conn, s.in = secure, json.NewDecoder(secure)
			id = s.want("authenticating").ID
			s.write(login(id))
			if a := s.want("established"); a.To != "alice@localhost/raw" {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// A client that does not negotiate TLS well is gone, and the server lives.
func TestNoHandshake(t *testing.T) {
	server := tlsServer()
	s := open(t, server)
	s.write(`{"state":"new"}`)
	id := s.want("negotiating").ID
	s.write(`{"id":"` + id + `","state":"negotiating","encryption":"tls"}`)
	s.want("negotiating")
	s.write(login(id))
	if _, err := io.Copy(io.Discard, s.conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
}
