package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/door/web"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a wallet of a few people, in memory.
type desk struct {
	mu      sync.Mutex
	asked   []string // names that Payee was asked for
	made    []order
	failure error // what Invoice says, if not nil
}

type order struct {
	name    string
	m       amount.Msat
	hash    [32]byte
	comment string
}

var people = map[string]web.Payee{
	"alice":  {Name: "alice", JID: "alice@chat.example.org", Min: amount.Sat, Max: 1_000_000 * amount.Sat, Comment: 100},
	"bob":    {Name: "bob", Min: 10 * amount.Sat, Max: 20 * amount.Sat},
	"carol":  {Name: "carol", JID: "c.a r@chat.example.org", Min: 0, Max: 1000, Comment: 1e6},
	"full":   {Name: "full", Min: 1000, Max: 999},
	"broken": {Name: "broken"},
}

func (d *desk) Payee(_ context.Context, name string) (web.Payee, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, name)
	if name == "broken" {
		return web.Payee{}, errors.New("dial tcp 10.0.0.5:5432: secret")
	}
	p, ok := people[name]
	if !ok {
		return web.Payee{}, fault.New(fault.NotFound, "user.unknown", nil)
	}
	return p, nil
}

func (d *desk) Invoice(_ context.Context, name string, m amount.Msat, hash [32]byte, comment string) (web.Invoice, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failure != nil {
		return web.Invoice{}, d.failure
	}
	d.made = append(d.made, order{name, m, hash, comment})
	id := sha256.Sum256(fmt.Append(nil, name, m, len(d.made)))
	// As long as a real one, with letters of bech32.
	text := fmt.Sprintf("lnbcrt%dn1p%s", m/100, strings.NewReplacer("1", "q", "b", "z").Replace(strings.Repeat(hex.EncodeToString(id[:]), 4)))
	return web.Invoice{Text: text, Hash: id, Expires: time.Unix(1_800_000_000, 0)}, nil
}

func (d *desk) orders() []order {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.made
}

// generous limits are for tests of other things.
var generous = web.Limits{
	Requests: web.Rate{PerMinute: 1e6, Burst: 1e6}, Invoices: web.Rate{PerMinute: 1e6, Burst: 1e6},
	Payee: web.Rate{PerMinute: 1e6, Burst: 1e6}, All: web.Rate{PerMinute: 1e6, Burst: 1e6}, Table: 100,
}

const public = "https://pay.example.org"

func phrases(t testing.TB) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// house is a door that is open on loopback.
type house struct {
	*desk
	at     string // http://127.0.0.1:port
	door   *web.Door
	client http.Client
}

func open(t testing.TB, change func(*web.Options)) *house {
	t.Helper()
	h := &house{desk: &desk{}}
	o := web.Options{URL: public, Listen: "127.0.0.1:0", Desk: h.desk, Phrases: phrases(t), Limits: generous}
	if change != nil {
		change(&o)
	}
	var err error
	if h.door, err = web.New(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l, err := h.door.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- h.door.Serve(ctx, l) }()
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	h.at = "http://" + l.Addr().String()
	h.client.Transport = &http.Transport{DialContext: (&net.Dialer{}).DialContext}
	h.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return h
}

// answer is what came back.
type answer struct {
	*http.Response
	text string
}

func (h *house) do(t testing.TB, req *http.Request) answer {
	t.Helper()
	resp, err := h.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(body)}
}

func (h *house) request(t testing.TB, method, path, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.at+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req
}

func (h *house) get(t testing.TB, path string) answer {
	t.Helper()
	return h.do(t, h.request(t, http.MethodGet, path, ""))
}
