package lime_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// socket is a client that writes bytes as it likes.
type socket struct {
	t    *testing.T
	conn net.Conn
	in   *json.Decoder
}

func open(t *testing.T, s *limetest.Server) *socket {
	t.Helper()
	address := listen(t, s.ListenTCP, "")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &socket{t, conn, json.NewDecoder(conn)}
}

func (s *socket) write(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.conn, text); err != nil {
		s.t.Fatal(err)
	}
}

// answer is what matters of an envelope.
type answer struct {
	ID, State, Event, Method, Status, To string
	Reason                               struct{ Code lime.Code }
	EncryptionOptions                    []string
	SchemeOptions                        []string
}

func (s *socket) read() (a answer) {
	s.t.Helper()
	if err := s.in.Decode(&a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// want reads until an envelope with this id, or this state.
func (s *socket) want(id string) answer {
	s.t.Helper()
	for {
		if a := s.read(); a.ID == id || a.State == id {
			return a
		}
	}
}

// ended reads to the end of the stream: the server closed it.
func (s *socket) ended() {
	s.t.Helper()
	for {
		var a answer
		if err := s.in.Decode(&a); err != nil {
			if !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "reset") {
				s.t.Errorf("the connection did not end well: %v", err)
			}
			return
		}
	}
}

// enter establishes a session as alice.
func (s *socket) enter() *socket {
	s.t.Helper()
	s.write(`{"state":"new"}`)
	id := s.want("authenticating").ID
	s.write(login(id))
	s.want("established")
	return s
}

func login(id string) string {
	return `{"id":"` + id + `","from":"alice@localhost/raw","state":"authenticating","scheme":"plain","authentication":{"password":"c2VjcmV0"}}`
}

const ping = `{"id":"p","method":"get","uri":"/ping"}`

func TestAStreamThatIsCutAnywhere(t *testing.T) {
	s := open(t, limetest.New()).enter()
	text := `{"id":"cut","method":"get","uri":"/ping","metadata":{"a":"\"}{\\","b":"[é"}}`
	for i := 1; i < len(text); i++ {
		s.write(text[:i])
		s.write(text[i:])
		if a := s.want("cut"); a.Status != "success" {
			t.Fatalf("cut at %d: %+v", i, a)
		}
	}
	for _, b := range []byte(text) {
		s.write(string(b))
	}
	s.want("cut")
}

func TestSeveralEnvelopesInOnePiece(t *testing.T) {
	s := open(t, limetest.New()).enter()
	var all strings.Builder
	for i := range 100 {
		all.WriteString(strings.Replace(ping, `"p"`, `"p`+string(rune('a'+i%26))+`"`, 1))
		all.WriteString([]string{"", "\n", " \r\n\t", "\n\n"}[i%4])
		if i%26 == 25 {
			s.write(all.String())
			all.Reset()
			for range 26 {
				if a := s.read(); a.Status != "success" {
					t.Fatalf("got %+v", a)
				}
			}
		}
	}
}

// After each of these a good envelope is answered.
func TestWhatDoesNotEndASession(t *testing.T) {
	s := open(t, limetest.New()).enter()
	for name, tt := range map[string]struct {
		in, event, status string
		code              lime.Code
	}{
		"text that is a number":         {`{"id":"x","type":"text/plain","content":1}`, "failed", "", lime.InvalidResource},
		"metadata that is a number":     {`{"id":"x","method":"get","uri":"/ping","metadata":{"a":1}}`, "", "success", 0},
		"an unknown event":              {`{"id":"x","event":"sung"}`, "", "", 0},
		"a resource that is a list":     {`{"id":"x","method":"set","uri":"/nowhere","type":"application/vnd.x+json","resource":[1]}`, "", "failure", lime.NotFound},
		"a uri of another scheme":       {`{"id":"x","method":"get","uri":"http://host/ping"}`, "", "failure", lime.InvalidMethod},
		"no kind of envelope":           {`{"id":"x","hello":true}`, "failed", "", lime.Validation},
		"text that is not UTF-8":        {"{\"id\":\"x\",\"type\":\"text/plain\",\"content\":\"\xff\"}", "failed", "", lime.Validation},
		"10,000 lists in each other":    {`{"id":"x","type":"a/b+json","content":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, "failed", "", lime.Validation},
		"a presence that is a list":     {`{"id":"x","method":"set","uri":"/presence","type":"application/vnd.lime.presence+json","resource":[]}`, "", "failure", lime.Validation},
		"a presence of the wrong type":  {`{"id":"x","method":"set","uri":"/presence","type":"text/plain","resource":"here"}`, "", "failure", lime.UnsupportedContent},
		"a response nobody waits for":   {`{"id":"x","method":"get","status":"success"}`, "", "", 0},
		"a message nobody reads":        {`{"id":"x","type":"text/plain","content":"hello?"}`, "failed", "", lime.UnsupportedContent},
		"a message without id or sense": {`{"type":"text/plain","content":{}}`, "", "", 0},
		"a method that there is not":    {`{"id":"x","method":"fly","uri":"/ping"}`, "", "failure", lime.MethodNotSupported},
		"a sender it is not":            {`{"id":"x","from":"bob@localhost","type":"text/plain","content":"me"}`, "failed", "", lime.PermissionRequired},
		"another domain":                {`{"id":"x","to":"bob@elsewhere","type":"text/plain","content":"me"}`, "failed", "", lime.GatewayNotFound},
		"a name that nobody has":        {`{"id":"x","to":"carol@localhost","method":"get","uri":"/account"}`, "", "failure", lime.DestinationNotFound},
		"an empty object":               {`{}`, "", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.write(tt.in)
			if tt.event != "" || tt.status != "" {
				if a := s.want("x"); a.Event != tt.event || a.Status != tt.status || a.Reason.Code != tt.code {
					t.Errorf("got %+v", a)
				}
			}
			s.write(ping)
			if a := s.want("p"); a.Status != "success" {
				t.Errorf("then %+v", a)
			}
		})
	}
}

func TestWhatEndsASession(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		code lime.Code
	}{
		"bytes that are no JSON":           {`hello`, lime.Validation},
		"an object that is no JSON":        {`{"id":one}`, lime.Validation},
		"an envelope that is too long":     {`{"id":"x","type":"text/plain","content":"` + strings.Repeat("x", 1<<20) + `"}`, lime.Validation},
		"an envelope without an end":       {`{"id":"` + strings.Repeat("[", 300<<10), lime.Validation},
		"a new session within the session": {`{"state":"new"}`, lime.InvalidAction},
		"a session without sense":          {`{"state":"sleeping"}`, lime.Validation},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, limetest.New()).enter()
			_, _ = io.WriteString(s.conn, tt.in) // the server may close before all is written
			if a := s.want("failed"); a.Reason.Code != tt.code {
				t.Errorf("got %+v", a)
			}
			s.ended()
		})
	}
}

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

func TestAServerThatStops(t *testing.T) {
	s := limetest.New()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- s.ListenTCP(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	c := (&socket{t, conn, json.NewDecoder(bufio.NewReader(conn))}).enter()
	stop()
	c.want("finished")
	c.ended()
	_ = conn.Close()
	if err := next(t, over, "end"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// FuzzStream cuts a stream anywhere: what is found in it does not depend on
// how it came.
func FuzzStream(f *testing.F) {
	f.Add([]byte(`{"a":"}"} {"b":[{}]}`+"\n"+`{"c":"\"{"}`), uint8(3))
	f.Add([]byte(`{"a":1}x`), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, step uint8) {
		whole, cut := receive(in, len(in)), receive(in, int(step)+1)
		if len(whole) != len(cut) {
			t.Fatalf("%q: %d envelopes in one piece, %d in pieces of %d", in, len(whole), len(cut), int(step)+1)
		}
		for i := range whole {
			if !bytes.Equal(whole[i], cut[i]) {
				t.Fatalf("%q and %q", whole[i], cut[i])
			}
		}
	})
}

// receive reads all envelopes of a stream that comes in pieces.
func receive(in []byte, size int) (all [][]byte) {
	tr := lime.NewTCP(&pieces{in: in, size: max(1, size)}, true, nil)
	for {
		b, err := tr.Receive()
		if err != nil {
			return all
		}
		all = append(all, bytes.Clone(b))
	}
}

// pieces is a connection that gives a few bytes at a time.
type pieces struct {
	net.Conn
	in   []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.in[:min(p.size, len(p.in))])
	p.in = p.in[n:]
	return n, nil
}
