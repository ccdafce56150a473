package limeserver_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/lime/limetest"
)

// BenchmarkCommands measures commands, with what they cost beside a plain JSON
// echo over the same transport in the same run: x-of-echo is how many times as
// long a command takes as an echo. On one session 64 are under way at once; on
// 200 sessions one each.
func BenchmarkCommands(b *testing.B) {
	for _, transport := range []string{"tcp", "ws"} {
		for _, load := range []struct {
			name            string
			sessions, depth int
		}{{"1 session", 1, 64}, {"200 sessions", 200, 1}} {
			b.Run(transport+"/"+load.name, func(b *testing.B) {
				command, echo := clients(load.sessions, limeClients(b, transport)), clients(load.sessions, echoClients(b, transport))
				var commands, echoes time.Duration
				for n := range rounds { // in turns, so that both see the same machine
					share := b.N*(n+1)/rounds - b.N*n/rounds
					commands += measure(b, share, load.depth, command)
					echoes += measure(b, share, load.depth, echo)
				}
				b.ReportMetric(float64(b.N)/commands.Seconds(), "commands/s")
				b.ReportMetric(float64(b.N)/echoes.Seconds(), "echoes/s")
				b.ReportMetric(commands.Seconds()/echoes.Seconds(), "x-of-echo")
			})
		}
	}
}

// asker asks once and waits for the answer.
type asker func() error

// rounds of each measurement.
const rounds = 10

func clients(sessions int, open func(n int) asker) []asker {
	all := make([]asker, sessions)
	for n := range all {
		all[n] = open(n)
	}
	return all
}

// measure spreads questions over sessions, some at a time on each.
func measure(b *testing.B, questions, depth int, askers []asker) time.Duration {
	b.Helper()
	var all sync.WaitGroup
	workers := len(askers) * depth
	began := time.Now()
	for w := range workers {
		share := questions*(w+1)/workers - questions*w/workers
		all.Go(func() {
			for range share {
				if err := askers[w%len(askers)](); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

func limeClients(b *testing.B, transport string) func(n int) asker {
	s := limetest.New()
	s.Limits.Sessions = 1000
	s.Mux.Handle(lime.Get, "/balance", func(context.Context, *limeserver.Request) (lime.Document, error) {
		return lime.JSON{Value: balance{Available: 5000, Unit: "sat"}}, nil
	})
	s.Start(b)
	return func(int) asker {
		d := limetest.Dialer("alice")
		d.Node.Instance = ""
		c, err := keep(b)(d.Dial(ctxOf(b), map[string]string{"tcp": s.TCP, "ws": s.WS}[transport]))
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		return func() error {
			_, err := c.Do(ctx, lime.Get, "/balance", nil)
			return err
		}
	}
}

type balance struct {
	Available int64  `json:"available"`
	Unit      string `json:"unit"`
}

// question and reply are what an echo sends: as much as a command does.
type question struct {
	ID     string `json:"id"`
	Method string `json:"method"`
	URI    string `json:"uri"`
}

type reply struct {
	ID       string  `json:"id"`
	Method   string  `json:"method"`
	Status   string  `json:"status"`
	Type     string  `json:"type"`
	Resource balance `json:"resource"`
}

func answerTo(q question) reply {
	return reply{ID: q.ID, Method: q.Method, Status: "success", Type: "application/json", Resource: balance{5000, "sat"}}
}

// echo is a connection on which answers come in the order of the questions.
type echo struct {
	mu      sync.Mutex
	write   func(question) error
	waiting chan chan error
}

func (e *echo) ask() error {
	done := make(chan error, 1)
	e.mu.Lock()
	e.waiting <- done
	err := e.write(question{ID: "0123456789abcdef0123456789abcdef", Method: "get", URI: "/balance"})
	e.mu.Unlock()
	if err != nil {
		return err
	}
	return <-done
}

func (e *echo) read(next func(*reply) error) {
	for done := range e.waiting {
		var r reply
		done <- next(&r)
	}
}

func echoClients(b *testing.B, transport string) func(n int) asker {
	var running sync.WaitGroup
	b.Cleanup(running.Wait)
	open := echoTCP
	if transport == "ws" {
		open = echoWS
	}
	connect := open(b, &running)
	return func(int) asker {
		write, read := connect()
		e := &echo{write: write, waiting: make(chan chan error, 128)}
		running.Go(func() { e.read(read) })
		b.Cleanup(func() { close(e.waiting) })
		return e.ask
	}
}

type connector func() (write func(question) error, read func(*reply) error)

func echoTCP(b *testing.B, running *sync.WaitGroup) connector {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer func() { _ = c.Close() }()
				in, out := json.NewDecoder(c), json.NewEncoder(c)
				for {
					var q question
					if in.Decode(&q) != nil || out.Encode(answerTo(q)) != nil {
						return
					}
				}
			})
		}
	})
	return func() (func(question) error, func(*reply) error) {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = c.Close() })
		in, out := json.NewDecoder(c), json.NewEncoder(c)
		return func(q question) error { return out.Encode(q) }, func(r *reply) error { return in.Decode(r) }
	}
}

func echoWS(b *testing.B, running *sync.WaitGroup) connector {
	ctx := context.Background()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		running.Add(1)
		defer running.Done()
		defer func() { _ = c.CloseNow() }()
		for {
			var q question
			if readJSON(ctx, c, &q) != nil || writeJSON(ctx, c, answerTo(q)) != nil {
				return
			}
		}
	}))
	b.Cleanup(web.Close)
	return func() (func(question) error, func(*reply) error) {
		c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(web.URL, "http"), nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = c.CloseNow() })
		return func(q question) error { return writeJSON(ctx, c, q) }, func(r *reply) error { return readJSON(ctx, c, r) }
	}
}

func readJSON(ctx context.Context, c *websocket.Conn, v any) error {
	_, b, err := c.Read(ctx)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

func writeJSON(ctx context.Context, c *websocket.Conn, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Write(ctx, websocket.MessageText, b)
}

// The two ends of every envelope.
func BenchmarkDecode(b *testing.B) {
	in := []byte(`{"id":"0123456789abcdef","from":"alice@localhost/home","method":"set","uri":"/orders","type":"application/vnd.bitcoim.order+json","resource":{"to":"bob","amount":5000}}`)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lime.Decode(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	e := &lime.Command{Header: lime.Header{ID: "0123456789abcdef", From: node("postmaster@localhost/x"), To: node("alice@localhost/home")},
		Method: lime.Get, Status: lime.Success, Resource: lime.Text("5000 sat")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lime.Encode(e); err != nil {
			b.Fatal(err)
		}
	}
}
