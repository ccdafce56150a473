package chain_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

// exchange is one line of a recording: a call of the RPC, or a step of the
// world around the node.
type exchange struct {
	Ask    string          `json:"ask"`
	Wallet string          `json:"wallet,omitempty"` // when it is not the usual one
	Params json.RawMessage `json:"params,omitempty"`
	Status int             `json:"status,omitempty"`
	Answer json.RawMessage `json:"answer,omitempty"`
	Error  json.RawMessage `json:"error,omitempty"`
}

// tape is a JSON-RPC server on loopback that records a node behind it, or
// answers from a recording, in order: what is asked must be what was asked.
type tape struct {
	t      *testing.T
	server *httptest.Server
	node   string // URL of the node; empty when replaying

	mu     sync.Mutex
	lines  []exchange
	frozen chan struct{} // closed when the pause is over; nil without one
}

// recordings are real answers, a folder for each bitcoind that gave some: its
// version, and the month of its source where several have the same.
const recordings = "testdata/bitcoind"

// recorded runs a test with each recording of a name.
func recorded(t *testing.T, name string, test func(t *testing.T, file string)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(recordings, "*", name))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recording of %s (%v)", name, err)
	}
	for _, f := range files {
		t.Run(filepath.Base(filepath.Dir(f)), func(t *testing.T) { test(t, f) })
	}
}

// record serves what node answers, and writes it to file when the test ends
// well.
func record(t *testing.T, node, file string) *tape {
	t.Helper()
	tp := &tape{t: t, node: node}
	tp.serve()
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		e := json.NewEncoder(z)
		e.SetEscapeHTML(false)
		for _, l := range tp.lines {
			if err := e.Encode(l); err != nil {
				t.Error(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Error(err)
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Error(err)
		}
	})
	return tp
}

// replay serves what file holds.
func replay(t *testing.T, file string) *tape {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	tp := &tape{t: t}
	for s := bufio.NewReader(z); ; {
		line, err := s.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		var x exchange
		if err == nil {
			err = json.Unmarshal(line, &x)
		}
		if err != nil {
			t.Fatal(err)
		}
		tp.lines = append(tp.lines, x)
	}
	tp.play()
	return tp
}

// play serves the lines, all of them.
func (tp *tape) play() {
	tp.serve()
	tp.t.Cleanup(func() {
		if len(tp.lines) != 0 && !tp.t.Failed() {
			tp.t.Errorf("%d exchanges were not asked for, the first is %s", len(tp.lines), tp.lines[0].Ask)
		}
	})
}

func (tp *tape) serve() {
	tp.server = httptest.NewServer(http.HandlerFunc(tp.handle))
	tp.t.Cleanup(tp.server.Close)
}

func (tp *tape) handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var ask struct {
		ID     json.RawMessage
		Method string
		Params json.RawMessage
	}
	if err := json.Unmarshal(body, &ask); err != nil {
		tp.t.Errorf("no request: %s", body)
		return
	}
	tp.mu.Lock()
	frozen := tp.frozen
	tp.mu.Unlock()
	if frozen != nil { // who asks a frozen node gets no answer, not even later
		select {
		case <-frozen:
		case <-r.Context().Done():
		}
		return
	}
	x := exchange{Ask: ask.Method, Wallet: strings.TrimPrefix(r.URL.Path, "/wallet/"), Params: ask.Params}
	if x.Wallet == regtest.Wallet {
		x.Wallet = ""
	}
	if tp.node == "" {
		x = tp.next(x)
	} else if x, err = tp.forward(x, r, body); err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(x.Status)
	if x.Answer == nil && x.Error == nil {
		return
	}
	if x.Error == nil {
		x.Error = json.RawMessage("null")
	}
	if x.Answer == nil {
		x.Answer = json.RawMessage("null")
	}
	fmt.Fprintf(w, `{"result":%s,"error":%s,"id":%s}`, x.Answer, x.Error, ask.ID)
}

// forward asks the node and keeps what it answers. Who may not ask gets no
// JSON but a status.
func (tp *tape) forward(x exchange, r *http.Request, body []byte) (exchange, error) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tp.node+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return x, err
	}
	req.Header = r.Header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return x, err
	}
	defer resp.Body.Close()
	x.Status = resp.StatusCode
	var answer struct{ Result, Error json.RawMessage }
	if resp.StatusCode != http.StatusUnauthorized {
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			return x, err
		}
	}
	x.Answer = answer.Result
	if string(answer.Error) != "null" {
		x.Error = answer.Error
	}
	tp.add(x)
	return x, nil
}

func (tp *tape) add(x exchange) {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.lines = append(tp.lines, x)
}

// next takes the next exchange from the recording, if it is what was asked.
func (tp *tape) next(asked exchange) exchange {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	asked.Status = http.StatusNotImplemented
	if len(tp.lines) == 0 {
		tp.t.Errorf("after the end of the recording: %s %s", asked.Ask, asked.Params)
		return asked
	}
	x := tp.lines[0]
	if x.Ask != asked.Ask || x.Wallet != asked.Wallet || !bytes.Equal(x.Params, asked.Params) {
		tp.t.Errorf("asked %s %s, recorded was %s %s: record again", asked.Ask, asked.Params, x.Ask, x.Params)
		return asked
	}
	tp.lines = tp.lines[1:]
	return x
}

// step does something around the node, or reads what it led to when it was
// recorded.
func step[T any](tp *tape, name string, params any, do func() (T, error)) (T, error) {
	var result T
	asked, err := json.Marshal(params)
	if err != nil {
		return result, err
	}
	if tp.node == "" {
		x := tp.next(exchange{Ask: name, Params: asked})
		err := json.Unmarshal(x.Answer, &result)
		return result, err
	}
	if result, err = do(); err != nil {
		return result, err
	}
	answer, err := json.Marshal(result)
	tp.add(exchange{Ask: name, Params: asked, Answer: slices.Clip(answer)})
	return result, err
}

// pause lets nobody have an answer until resume.
func (tp *tape) pause() {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.frozen = make(chan struct{})
}

func (tp *tape) resume() {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	close(tp.frozen)
	tp.frozen = nil
}
