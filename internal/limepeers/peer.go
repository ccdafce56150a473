package limepeers

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
)

// The clients.
const (
	Ordinary = "ordinary.js" // lime-js
	Bot      = "bot.js"      // blip-sdk, by key only
)

// patience is how long a client may take for anything; it ends tests that
// would never end.
const patience = 60 * time.Second

// Options are how a client logs in.
type Options struct {
	URL      string `json:"url"`      // ws://...
	Identity string `json:"identity"` // name@domain
	Instance string `json:"instance,omitempty"`
	Scheme   string `json:"scheme,omitempty"` // guest, plain, key, transport or external
	Secret   string `json:"secret"`           // not in base64
	Issuer   string `json:"issuer,omitempty"`
	Receipts bool   `json:"receipts"` // answer messages with "received"
	Timeout  int64  `json:"timeout"`  // of commands, in milliseconds
}

// Line is one thing that a client says.
type Line struct {
	Did      string          `json:"did"` // open, established, refused, closed
	Protocol string          `json:"protocol"`
	Local    string          `json:"local"`
	Remote   string          `json:"remote"`
	Session  json.RawMessage `json:"session"` // why it was refused
	Came     Envelope        `json:"came"`
	Answer   Envelope        `json:"answer"`
	Wrong    string          `json:"wrong"`
}

// Envelope is JSON as the client has it.
type Envelope map[string]any

// Peer is a client that runs.
type Peer struct {
	t     testing.TB
	in    io.WriteCloser
	lines chan Line
	seen  []Line // read, and not asked for yet
}

// Start runs a client until the test ends. Without node the test is skipped.
func Start(t testing.TB, client string, o Options) *Peer {
	t.Helper()
	needs.Programs(t)
	install, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir, err := Install(install)
	if errors.Is(err, ErrNoNode) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if o.Timeout == 0 {
		o.Timeout = patience.Milliseconds()
	}
	options, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(dir, client), string(options))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Peer{t: t, in: in, lines: make(chan Line, 1024)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.read(out)
	}()
	t.Cleanup(func() {
		_ = in.Close() // it exits
		late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		<-read
		_ = cmd.Wait()
		late.Stop()
		if t.Failed() && complaints.Len() > 0 {
			t.Log(complaints.String())
		}
	})
	return p
}

func (p *Peer) read(out io.Reader) {
	defer close(p.lines)
	s := bufio.NewScanner(out)
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		var l Line
		if json.Unmarshal(s.Bytes(), &l) != nil {
			l.Wrong = s.Text()
		}
		p.lines <- l
	}
}

// Order tells the client to do something with an envelope: message,
// notification, command, raw, finish.
func (p *Peer) Order(what string, envelope any) {
	p.t.Helper()
	line, err := json.Marshal(map[string]any{what: envelope})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		p.t.Fatal(err)
	}
}

// Next waits for the first line that fits and was not returned before.
func (p *Peer) Next(what string, fits func(Line) bool) Line {
	p.t.Helper()
	for i, l := range p.seen {
		if fits(l) {
			p.seen = append(p.seen[:i], p.seen[i+1:]...)
			return l
		}
	}
	late := time.After(patience)
	for {
		select {
		case l, ok := <-p.lines:
			switch {
			case !ok:
				p.t.Fatalf("the client ended, and %s did not come; it said %s", what, p.said())
			case fits(l):
				return l
			}
			p.seen = append(p.seen, l)
		case <-late:
			p.t.Fatalf("%s did not come; the client said %s", what, p.said())
		}
	}
}

func (p *Peer) said() string {
	b, err := json.Marshal(p.seen)
	return fmt.Sprint(string(b), err)
}

// Did waits until the client did something.
func (p *Peer) Did(what string) Line {
	p.t.Helper()
	return p.Next(what, func(l Line) bool { return l.Did == what })
}

// Came waits for an envelope with these fields.
func (p *Peer) Came(fields Envelope) Envelope {
	p.t.Helper()
	return p.Next(fmt.Sprint(fields), func(l Line) bool {
		for k, v := range fields {
			if l.Came[k] != v {
				return false
			}
		}
		return true
	}).Came
}

// Do runs a command and returns its response.
func (p *Peer) Do(command Envelope) Envelope {
	p.t.Helper()
	p.Order("command", command)
	return p.Next(fmt.Sprint("an answer to ", command), func(l Line) bool { return l.Answer["id"] == command["id"] && l.Answer != nil }).Answer
}
