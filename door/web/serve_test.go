package web_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/door/web"
	"github.com/bitcoim/bitcoim/egress"
	"github.com/bitcoim/bitcoim/internal/sandbox/certificate/certtest"
	"github.com/bitcoim/bitcoim/lnurl"
)

// Both sides of a Lightning Address: our client pays our door, over TLS and
// through the guarded way out.
func TestOneGatewayPaysAnother(t *testing.T) {
	cert, key, roots := certtest.Write(t, "pay.example.org")
	h := open(t, func(o *web.Options) { o.Cert, o.Key = cert, key })
	policy, err := egress.ParseAllow([]string{"pay.example.org=" + strings.TrimPrefix(h.at, "http://")})
	if err != nil {
		t.Fatal(err)
	}
	client := &lnurl.Client{Fetcher: egress.New(&egress.Dialer{Policy: policy}, egress.Options{Roots: roots, Limit: lnurl.LongestAnswer})}
	target, err := lnurl.Parse("alice@pay.example.org")
	if err != nil {
		t.Fatal(err)
	}
	offer, err := client.Offer(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	quote, err := client.Quote(t.Context(), lnurl.Request{Offer: offer, Amount: 12_300, Comment: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	made := h.orders()[0]
	facts := lnurl.Facts{Amount: made.m, DescriptionHash: made.hash[:], Expires: time.Unix(1_800_000_000, 0)}
	if err := lnurl.Check(quote, address.Regtest, facts, time.Unix(1_700_000_000, 0)); err != nil || made.m != 12_300*amount.Msat(1) || made.comment != "hello" {
		t.Errorf("made %+v: %v", made, err)
	}
	h.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "pay.example.org"}}
	h.at = strings.Replace(h.at, "http", "https", 1)
	if a := h.get(t, "/@alice"); a.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	h.client.CloseIdleConnections()
}

func TestServeNeedsItsCertificate(t *testing.T) {
	d, err := web.New(web.Options{URL: public, Listen: "127.0.0.1:0", Cert: "/nowhere.pem", Key: "/nowhere.key", Desk: &desk{}, Phrases: phrases(t)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := d.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
}

// slow is a desk that answers when it is told to.
type slow struct {
	desk
	came, answer chan struct{}
}

func (s *slow) Payee(ctx context.Context, name string) (web.Payee, error) {
	close(s.came)
	<-s.answer
	return s.desk.Payee(ctx, name)
}

// Who is being served when we stop is served.
func TestServeEndsWithGrace(t *testing.T) {
	s := &slow{came: make(chan struct{}), answer: make(chan struct{})}
	d, err := web.New(web.Options{URL: public, Listen: "127.0.0.1:0", Desk: s, Phrases: phrases(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	l, err := d.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ended, status := make(chan error, 1), make(chan int, 1)
	go func() { ended <- d.Serve(ctx, l) }()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		resp, err := client.Get("http://" + l.Addr().String() + "/@alice")
		if err != nil {
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	<-s.came
	stop()
	for { // the door closes first
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
	}
	close(s.answer)
	if got := <-status; got != 200 {
		t.Errorf("got %d", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Who opens connections and says nothing has only so many.
func TestSilentConnectionsAreFew(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*web.Options)
		want   bool // turned away
	}{
		"a stranger":      {nil, true},
		"a proxy of ours": {behindProxy, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, tt.change)
			dial := func() net.Conn {
				conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.at, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { conn.Close() })
				return conn
			}
			served := func(conn net.Conn) bool {
				_, _ = conn.Write([]byte("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
				n, _ := conn.Read(make([]byte, 9))
				return n == 9
			}
			var first net.Conn
			for range 32 {
				first = dial()
				if !served(first) {
					t.Fatal("one of the first is not served")
				}
			}
			if got := served(dial()); got == tt.want {
				t.Errorf("one more is served: %v", got)
			}
			first.Close()
			for !served(dial()) { // until the server has seen that one has left
				if t.Context().Err() != nil {
					t.Fatal("nobody is served any more")
				}
			}
		})
	}
}

// Headers that are too long are not read to their end, and nobody is asked.
func TestHugeHeaders(t *testing.T) {
	h := open(t, nil)
	req := h.request(t, http.MethodGet, "/@alice", "")
	req.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	resp, err := h.client.Do(req)
	if err == nil {
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("got %d", resp.StatusCode)
		}
	} // else the connection was closed while we were still sending
	if len(h.asked) != 0 {
		t.Errorf("the desk was asked for %q", h.asked)
	}
}
