package lnd_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/answer"
	"github.com/bitcoim/bitcoim/lnd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, handle http.HandlerFunc) *lnd.Conn {
	t.Helper()
	server := httptest.NewServer(handle)
	c, err := lnd.Open(lnd.Config{URL: server.URL, Macaroon: "0201"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		server.Close()
	})
	return c
}

// What is wrong on our side is of the caller's kind, says why, and does not say that the node
// refuses us.
func TestWhatIsMisconfiguredIsOfTheCallersKind(t *testing.T) {
	kind, other := errors.New("the node refuses us"), errors.New("another kind")
	err := error(lnd.Misconfigured{Kind: kind, Err: lnd.ErrFiles})
	if !errors.Is(err, kind) || !errors.Is(err, lnd.ErrFiles) || errors.Is(err, other) {
		t.Errorf("%v is of the wrong kind", err)
	}
	if err.Error() != lnd.ErrFiles.Error() {
		t.Errorf("it says %q", err)
	}
}

// A connection that was used before may be gone when the next request is on
// it. net/http repeats what it takes for harmless then.
func TestAPostIsSentOnce(t *testing.T) {
	var posts, gets atomic.Int32
	c := open(t, func(w http.ResponseWriter, r *http.Request) {
		n := &gets
		if r.Method == http.MethodPost {
			n = &posts
		}
		if n.Add(1) == 1 && r.URL.Path == "/lost" {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
			return
		}
		_, _ = io.WriteString(w, "{}")
	})
	warm := func() {
		if err := c.Call(t.Context(), http.MethodGet, "/warm", nil, new(struct{})); err != nil {
			t.Fatal(err)
		}
	}
	warm()
	if err := c.Call(t.Context(), http.MethodPost, "/lost", map[string]string{}, new(struct{})); err == nil || posts.Load() != 1 {
		t.Errorf("a post was sent %d times (%v)", posts.Load(), err)
	}
	warm()
	posts.Store(0)
	err := c.Stream(t.Context(), http.MethodPost, "/lost", map[string]string{}, func(json.RawMessage) error { return nil })
	if err == nil || posts.Load() != 1 {
		t.Errorf("a stream was asked for %d times (%v)", posts.Load(), err)
	}
	warm()
	gets.Store(0)
	if err := c.Call(t.Context(), http.MethodGet, "/lost", nil, new(struct{})); err != nil || gets.Load() != 2 {
		t.Errorf("a get was sent %d times (%v): net/http is not as we know it", gets.Load(), err)
	}
}

func TestReplies(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		text   string
		want   lnd.Reply
	}{
		"of a call":            {500, `{"code":2,"message":"wallet locked","details":[]}`, lnd.Reply{HTTP: 500, Code: 2, Message: "wallet locked"}},
		"of a stream":          {409, `{"error":{"code":6,"message":"payment is in transition"}}`, lnd.Reply{HTTP: 409, Code: 6, Message: "payment is in transition"}},
		"of a proxy":           {502, "<html>Bad Gateway</html>\n", lnd.Reply{HTTP: 502, Message: "<html>Bad Gateway</html>"}},
		"of nobody":            {404, "", lnd.Reply{HTTP: 404}},
		"that leads elsewhere": {302, "", lnd.Reply{HTTP: 302}},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.text)
			})
			for _, err := range []error{
				c.Call(t.Context(), http.MethodGet, "/v1/getinfo", nil, new(struct{})),
				c.Stream(t.Context(), http.MethodGet, "/v1/getinfo", nil, func(json.RawMessage) error { return nil }),
			} {
				if reply := (*lnd.Reply)(nil); !errors.As(err, &reply) || *reply != tt.want {
					t.Errorf("got %v, want %+v", err, tt.want)
				}
			}
		})
	}
}

func TestStreamsEnd(t *testing.T) {
	stop, err5 := lnd.ErrStop, &lnd.Reply{}
	for name, tt := range map[string]struct {
		text string
		last int   // the message after which deliver ends the stream
		with error // and how
		got  int
		is   error // of the result; a *Reply if it is one
	}{
		"by the reader":            {"{\"result\":{}}\n{\"result\":{}}\n", 1, stop, 1, nil},
		"after the last message":   {"{\"result\":{}}\n", 1, lnd.ErrLast, 1, nil},
		"by a reader that cannot":  {"{\"result\":{}}\n", 1, io.ErrShortWrite, 1, io.ErrShortWrite},
		"with nothing more to say": {"{\"result\":{}}\n", 0, nil, 1, lnd.ErrCut},
		"with nothing at all":      {"", 0, nil, 0, lnd.ErrCut},
		"in the middle of a line":  {"{\"result\":{}}\n{\"resu", 0, nil, 1, lnd.ErrCut},
		"with an error":            {"{\"result\":{}}\n{\"error\":{\"code\":5,\"message\":\"no\"}}\n", 0, nil, 1, err5},
		"with another thing":       {"{\"result\":{}}\n{}\n", 0, nil, 1, lnd.ErrCut},
		"with a line of no end":    {"{\"result\":\"" + strings.Repeat("x", 9<<20), 0, nil, 0, lnd.ErrCut},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.text) })
			got := 0
			err := c.Stream(t.Context(), http.MethodGet, "/", nil, func(json.RawMessage) error {
				if got++; got == tt.last {
					return tt.with
				}
				return nil
			})
			if got != tt.got {
				t.Errorf("%d messages, want %d", got, tt.got)
			}
			var reply *lnd.Reply
			if errors.Is(tt.is, err5) {
				if !errors.As(err, &reply) || reply.Code != 5 {
					t.Errorf("got %v", err)
				}
			} else if !errors.Is(err, tt.is) {
				t.Errorf("got %v, want %v", err, tt.is)
			}
		})
	}
}

// A node may say its last word and keep the line: a lingering stream ends.
func TestTheLastMessageIsNotWaitedForLong(t *testing.T) {
	c := open(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "{\"result\":{}}\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	err := c.Stream(t.Context(), http.MethodGet, "/", nil, func(json.RawMessage) error { return lnd.ErrLast })
	if err != nil {
		t.Error(err)
	}
}

func TestOpen(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg  lnd.Config
		good bool
	}{
		"by https":               {lnd.Config{URL: "https://lnd.example.org:8080", Macaroon: "0201"}, true},
		"on loopback":            {lnd.Config{URL: "http://127.0.0.1:8080", Macaroon: "0201"}, true},
		"in the clear":           {lnd.Config{URL: "http://lnd.example.org:8080", Macaroon: "0201"}, false},
		"nowhere":                {lnd.Config{Macaroon: "0201"}, false},
		"without a macaroon":     {lnd.Config{URL: "https://127.0.0.1:8080"}, false},
		"a macaroon of letters":  {lnd.Config{URL: "https://127.0.0.1:8080", Macaroon: "xyz"}, false},
		"a macaroon from a file": {lnd.Config{URL: "https://127.0.0.1:8080", MacaroonFile: "/x"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := lnd.Open(tt.cfg, time.Second); (err == nil) != tt.good {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestACallEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := lnd.Open(lnd.Config{URL: "http://" + l.Addr().String(), Macaroon: "0201"}, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Call(t.Context(), http.MethodGet, "/", nil, new(struct{})); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// A zero in place of what LND left out could be believed, so the call stops instead,
// and its error says what is missing.
func TestAnAnswerIsWhole(t *testing.T) {
	c := open(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"confirmed_balance":"5","new":1}`)
	})
	var whole struct {
		Confirmed int64 `json:"confirmed_balance,string"`
	}
	if err := c.Call(t.Context(), http.MethodGet, "/v1/balance/blockchain", nil, &whole); err != nil || whole.Confirmed != 5 {
		t.Errorf("got %+v, %v", whole, err)
	}
	var more struct {
		Locked int64 `json:"locked_balance,string"`
	}
	if err := c.Call(t.Context(), http.MethodGet, "/v1/balance/blockchain", nil, &more); !errors.Is(err, answer.ErrIncomplete) || !strings.Contains(err.Error(), "locked_balance") {
		t.Errorf("got %v", err)
	}
}
