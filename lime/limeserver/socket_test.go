package limeserver_test

import (
	"bufio"
	"context"
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
