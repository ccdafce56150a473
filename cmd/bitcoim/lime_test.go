package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// limeServer answers texts with themselves, and has a balance.
func limeServer(t *testing.T) (s *limetest.Server, secret string) {
	s = limetest.New()
	s.Mux.Messages(lime.TextPlain, func(ctx context.Context, c *limeserver.Channel, m *lime.Message) error {
		if text, err := lime.As[lime.Text](m.Content); err != nil || text == "fail" {
			return lime.Errorf(1001, "not enough money")
		}
		return c.Send(ctx, &lime.Message{Header: lime.Header{ID: "1"}, Content: m.Content})
	})
	s.Mux.Handle(lime.Get, "/balance", func(context.Context, *limeserver.Request) (lime.Document, error) {
		return lime.JSON{Value: map[string]int64{"available": 5000}}, nil
	})
	s.Mux.Handle(lime.Set, "/note", func(_ context.Context, r *limeserver.Request) (lime.Document, error) { return r.Resource, nil })
	secret = filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.Start(t), secret
}

func TestLimeOnTheCommandLine(t *testing.T) {
	s, secret := limeServer(t)
	login := " -server " + s.TCP + " -as alice@localhost/cli -secret " + secret
	for name, tt := range map[string]struct{ line, out, wrong string }{
		"a text":                  {"send" + login + " hello there", "postmaster@localhost/test: hello there\n", ""},
		"over a WebSocket":        {"send -server " + s.WS + " -scheme plain -as alice@localhost -secret " + secret + " hi", "postmaster@localhost/test: hi\n", ""},
		"a text that fails":       {"send" + login + " fail", "", "not enough money"},
		"a text to nobody":        {"send" + login + " -to carol@localhost hi", "", "nobody of this name"},
		"a resource":              {"command" + login + " get /balance", `{"available":5000}` + "\n", ""},
		"a resource, whole":       {"command" + login + " -json get /ping", `"status":"success"`, ""},
		"text as a resource":      {"command" + login + " set /note text/plain hi", "hi\n", ""},
		"JSON as a resource":      {"command" + login + ` set /note application/json {"a":1}`, `{"a":1}` + "\n", ""},
		"no answer of value":      {"command" + login + ` set /presence application/vnd.lime.presence+json {}`, "", ""},
		"a resource of nobody":    {"command" + login + " get /nothing", "", "no such resource"},
		"a guest":                 {"command -server " + s.TCP + " -scheme guest get /ping", "{}\n", ""},
		"a wrong secret":          {"command -server " + s.TCP + " -as bob@localhost -scheme external -secret " + secret + " get /ping", "", "wrong"},
		"no secret":               {"command -server " + s.TCP + " -as bob@localhost get /ping", "", "say -secret"},
		"nobody":                  {"command -server " + s.TCP + " get /ping", "", "say -as"},
		"no server":               {"command -as bob -secret " + secret + " get /ping", "", "say -server"},
		"no such scheme":          {"command" + login + " -scheme dance get /ping", "", "no -scheme dance"},
		"no such method":          {"command" + login + " fly /ping", "", "no method fly"},
		"no JSON":                 {"command" + login + " set /note application/json {", "", "not JSON"},
		"no media type":           {"command" + login + " set /note json {}", "", "media type"},
		"no such verb":            {"fly", "", "usage"},
		"no such option":          {"send -fly hi", "", "usage"},
		"nothing to say":          {"send" + login, "", "usage"},
		"a certificate that isnt": {"command" + login + " -ca " + secret + " get /ping", "", "holds no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := run(t.Context(), append([]string{"lime"}, strings.Fields(tt.line)...), &out, io.Discard)
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("got %v", err)
			}
			if !strings.Contains(out.String(), tt.out) || tt.out == "" && out.Len() > 0 {
				t.Errorf("printed %q", out.String())
			}
		})
	}
}

func TestTheSecretFromTheEnvironment(t *testing.T) {
	s, _ := limeServer(t)
	t.Setenv("BITCOIM_LIME_SECRET", "secret")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"lime", "command", "-server", s.TCP, "-as", "alice@localhost", "get", "/balance"}, &out, io.Discard); err != nil || out.Len() == 0 {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

// A message of no sender is the server's.
func TestWhoSaysAMessage(t *testing.T) {
	server, err := lime.ParseNode("postmaster@localhost/test")
	if err != nil {
		t.Fatal(err)
	}
	alice := lime.Node{Identity: lime.Identity{Name: "alice", Domain: limetest.Domain}}
	for want, from := range map[string]lime.Node{"postmaster@localhost/test: hi\n": {}, "alice@localhost: hi\n": alice} {
		var out bytes.Buffer
		p := &program{out: &out}
		if err := p.message(limeOptions{}, server, &lime.Message{Header: lime.Header{From: from}, Content: lime.Text("hi")}); err != nil || out.String() != want {
			t.Errorf("printed %q, %v, want %q", out.String(), err, want)
		}
	}
}

// What somebody sends is read at a terminal, which obeys control characters.
func TestNobodyCommandsTheTerminal(t *testing.T) {
	mallory := lime.Node{Identity: lime.Identity{Name: "mallory", Domain: limetest.Domain}}
	const red, csi, turned = "\x1b[31m", "\u009b31m", "\u202e"
	for want, content := range map[string]lime.Document{
		"mallory@localhost: [31mpay31m me\n":               lime.Text(red + "pay" + csi + turned + " me\x07"),
		"mallory@localhost: one\n  alice@localhost: two\n": lime.Text("one\r\nalice@localhost: two\n"),
		`mallory@localhost: {"a":"\u001b\u009b\u202e\ud83d\ude00"}` + "\n": lime.Raw{
			Type: "application/x+json", JSON: []byte(`{"a":"\u001b` + "\u009b\u202e" + `\ud83d\ude00"}`)},
	} {
		var out bytes.Buffer
		p := &program{out: &out}
		if err := p.message(limeOptions{}, mallory, &lime.Message{Content: content}); err != nil || out.String() != want {
			t.Errorf("printed %q, %v, want %q", out.String(), err, want)
		}
	}
	var out bytes.Buffer
	p := &program{out: &out}
	m := &lime.Message{Header: lime.Header{ID: "1"}, Content: lime.Text(red + csi + turned)}
	if err := p.message(limeOptions{json: true}, mallory, m); err != nil || strings.ContainsAny(out.String(), "\x1b\u009b\u202e") || out.Len() == 0 {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}

// Whoever listens is there, and reads what is sent to the account.
func TestListening(t *testing.T) {
	s, secret := limeServer(t)
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	said, says := io.Pipe()
	over := make(chan error, 1)
	go func() {
		over <- run(ctx, []string{"lime", "listen", "-server", s.TCP, "-as", "bob@localhost", "-secret", secret}, write, says)
	}()
	line := make([]byte, 100)
	if n, err := said.Read(line); err != nil || !strings.HasPrefix(string(line[:n]), "listening as bob@localhost/") {
		t.Fatalf("said %q, %v", line[:n], err)
	}
	bob := lime.Node{Identity: lime.Identity{Name: "bob", Domain: limetest.Domain}}
	if n, err := s.Deliver(ctx, &lime.Message{Header: lime.Header{To: bob}, Content: lime.Text("hi")}); err != nil || n != 1 {
		t.Errorf("sent to %d, %v", n, err)
	}
	var got string
	for !strings.HasSuffix(got, "\n") {
		n, err := read.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		got += string(line[:n])
	}
	if got != "postmaster@localhost/test: hi\n" { // the message names no sender: the server says it
		t.Errorf("printed %q", got)
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
}
