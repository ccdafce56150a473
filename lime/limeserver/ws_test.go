package limeserver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// page is a WebSocket that writes what it likes.
type page struct {
	t *testing.T
	*websocket.Conn
}

func visit(t *testing.T, s *limetest.Server, protocols []string, header http.Header) (*page, int) {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	t.Cleanup(func() { shutdown(t, s) })
	c, answer, err := websocket.Dial(ctxOf(t), web.URL, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header})
	if err != nil {
		if answer == nil {
			t.Fatal(err)
		}
		return nil, answer.StatusCode
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	return &page{t, c}, answer.StatusCode
}

// The address that a WebSocket counts for is what the program says of it.
func TestTheClientOfAWebSocket(t *testing.T) {
	s := limetest.New()
	s.Client = func(r *http.Request) string { return r.Header.Get("X-Forwarded-For") }
	met := make(chan string, 1)
	s.Authenticators = map[lime.Scheme]limeserver.Authenticator{lime.SchemeGuest: func(_ context.Context, l limeserver.Login) (limeserver.Grant, error) {
		met <- l.Info.Remote
		return limeserver.Grant{}, lime.ErrRefused
	}}
	p, _ := visit(t, s, []string{"lime"}, http.Header{"X-Forwarded-For": {"198.51.100.9"}})
	p.write(websocket.MessageText, `{"state":"new"}`)
	p.write(websocket.MessageText, `{"id":"`+p.read().ID+`","state":"authenticating","scheme":"guest","authentication":{}}`)
	p.read()
	if got := <-met; got != "198.51.100.9" {
		t.Errorf("the login is from %q", got)
	}
}

func TestWhoMayOpenAWebSocket(t *testing.T) {
	for name, tt := range map[string]struct {
		protocols []string
		origin    string
		status    int
		protocol  string
	}{
		"our protocol":           {[]string{"lime"}, "", 101, "lime"},
		"ours among others":      {[]string{"mqtt", "lime"}, "", 101, "lime"},
		"none":                   {nil, "", 101, ""},
		"only others":            {[]string{"mqtt"}, "", 400, ""},
		"a page of a friend":     {[]string{"lime"}, "https://chat.example.com", 101, "lime"},
		"a page of somebody":     {[]string{"lime"}, "https://evil.example.org", 403, ""},
		"a page without address": {[]string{"lime"}, "null", 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := limetest.New()
			s.Origins = []string{"*.example.com"}
			header := http.Header{}
			if tt.origin != "" {
				header.Set("Origin", tt.origin)
			}
			p, status := visit(t, s, tt.protocols, header)
			if status != tt.status {
				t.Fatalf("got %d", status)
			}
			if p != nil && p.Subprotocol() != tt.protocol {
				t.Errorf("got the subprotocol %q", p.Subprotocol())
			}
		})
	}
}

func (p *page) write(kind websocket.MessageType, text string) {
	p.t.Helper()
	if err := p.Write(ctxOf(p.t), kind, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) read() *lime.Session {
	p.t.Helper()
	_, b, err := p.Read(ctxOf(p.t))
	if err != nil {
		p.t.Fatal(err)
	}
	e, err := lime.Decode(b)
	s, is := e.(*lime.Session)
	if !is {
		p.t.Fatalf("got %s, %v", b, err)
	}
	return s
}

// How a WebSocket ends says what was wrong (RFC 6455 section 7.4.1), after a
// failed session that says it, too.
func TestHowAWebSocketEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		kind websocket.MessageType
		in   string
		code lime.Code
		want websocket.StatusCode
	}{
		"no JSON":           {websocket.MessageText, "hello", lime.Validation, websocket.StatusInvalidFramePayloadData},
		"two envelopes":     {websocket.MessageText, ping + ping, lime.Validation, websocket.StatusInvalidFramePayloadData},
		"a binary message":  {websocket.MessageBinary, ping, lime.Validation, websocket.StatusUnsupportedData},
		"a long message":    {websocket.MessageText, `{"id":"` + strings.Repeat("x", 300<<10) + `"}`, lime.Validation, websocket.StatusMessageTooBig},
		"a session in it":   {websocket.MessageText, `{"state":"new"}`, lime.InvalidAction, websocket.StatusNormalClosure},
		"finishing":         {websocket.MessageText, `{"state":"finishing"}`, 0, websocket.StatusNormalClosure},
		"an empty message":  {websocket.MessageText, "", 0, -1},
		"nothing but space": {websocket.MessageText, " \n", 0, -1},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := visit(t, limetest.New(), []string{"lime"}, nil)
			p.SetReadLimit(-1)
			p.write(websocket.MessageText, `{"state":"new"}`)
			p.write(websocket.MessageText, login(p.read().ID))
			p.read()
			p.write(tt.kind, tt.in)
			if tt.want < 0 {
				p.write(websocket.MessageText, ping)
				if _, b, err := p.Read(ctxOf(t)); err != nil || !strings.Contains(string(b), "success") {
					t.Errorf("got %s, %v", b, err)
				}
				return
			}
			s := p.read()
			if tt.code == 0 && s.State != lime.StateFinished || tt.code != 0 && (s.State != lime.StateFailed || s.Reason.Code != tt.code) {
				t.Errorf("got %+v", s)
			}
			if _, _, err := p.Read(ctxOf(t)); websocket.CloseStatus(err) != tt.want {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

// A WebSocket never negotiates; without TLS, and from elsewhere, it is not
// taken where TLS is required.
func TestAWebSocketWhereTLSIsRequired(t *testing.T) {
	s := limetest.New()
	s.RequireTLS = true
	client, server := lime.Pipe()
	accept(t, s, from{server, lime.Info{Kind: "websocket", Remote: "192.0.2.1", Encryption: lime.NoEncryption}})
	if _, err := limetest.Dialer("alice").Establish(ctxOf(t), client); code(err) != lime.NegotiationInvalid {
		t.Errorf("got %v", err)
	}
}
