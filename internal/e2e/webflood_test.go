package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	webFlooders = 24
	webRequests = 3000 // at least
	halfOpen    = 100  // connections on which nobody finishes a request
)

// webFlood has strangers ask for invoices as fast as they can, each time from
// another address, while two users talk with the gateway.
func webFlood(t *testing.T, h *house, door string) {
	ann, ben := h.rich(t, "web-ann", 1000), h.rich(t, "web-ben", 1000)
	still, before := h.alive(t), h.owed(t)
	f := &webFlooder{door: door, client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: webFlooders}}}
	defer f.client.CloseIdleConnections()
	for range halfOpen {
		c, err := net.Dial("tcp", strings.TrimPrefix(door, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET /@web-ann HTTP/1.1\r\nHost: x\r\nX-Never: "); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range webFlooders {
		all.Go(func() { f.flood(ctx, "web-ann", "web-ben") })
	}
	defer all.Wait()
	defer stop()

	until(t, "strangers have got all the invoices that they may have", func() bool { return f.refused.Load() > 100 })
	during := 0
	for ; f.asked.Load() < webRequests || during < 20; during++ {
		ann.asks("balance", "You have 1 000 sat")
	}
	ann.asks("receive 5 tea", "lnbcrt", "over Lightning at once")
	ann.confirms(ann.orders("pay 10 web-ben"))
	ben.hears("web-ann sent you 10 sat")
	invoice := ""
	for word := range strings.FieldsSeq(ben.asks("receive 7", "lnbcrt")) {
		if strings.HasPrefix(word, "lnbcrt") {
			invoice = word
		}
	}
	if _, err := h.Net.Nodes[1].Settle(t.Context(), invoice); err != nil {
		t.Fatal(err)
	}
	ben.hears("7 sat came over Lightning", "Balance 1 017 sat")
	stop()
	all.Wait()

	const most = 2 * openInvoices // of two users; those who ask at the same time are not counted yet
	if made := f.invoices.Load(); made == 0 || made > most {
		t.Errorf("strangers got %d invoices for two users, want 1 to %d", made, most)
	}
	if odd := f.odd.Load(); odd != nil {
		t.Errorf("a stranger was answered %s", *odd)
	}
	if kB := peak(t, h.gateway.PID()); kB > memory {
		t.Errorf("the gateway took %d kB", kB)
	}
	t.Logf("%d requests, %d too fast, %d invoices; %d answers in chat meanwhile", f.asked.Load(), f.refused.Load(), f.invoices.Load(), during)
	still()
	if got := h.owed(t) - before; got != 7000 {
		t.Errorf("%d msat more are owed, want 7000", got)
	}
}

// webFlooder is everybody who asks too much.
type webFlooder struct {
	door                     string
	client                   http.Client
	asked, refused, invoices atomic.Int64
	odd                      atomic.Pointer[string] // an answer that should not be
}

func (f *webFlooder) flood(ctx context.Context, names ...string) {
	for ctx.Err() == nil {
		n := f.asked.Add(1)
		name := names[n%int64(len(names))]
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.door+"/lnurlp/"+name+"?amount=5000&comment=flood", nil)
		if err != nil {
			f.complain("%v", err)
			return
		}
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
		resp, err := f.client.Do(req)
		if err != nil {
			if ctx.Err() == nil {
				f.complain("%v", err)
			}
			return
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		switch {
		case err != nil && ctx.Err() != nil:
		case resp.StatusCode == http.StatusTooManyRequests:
			f.refused.Add(1)
		case resp.StatusCode == http.StatusOK && strings.Contains(string(body), `"pr":"lnbcrt`):
			f.invoices.Add(1)
		case resp.StatusCode == http.StatusOK && strings.Contains(string(body), `"status":"ERROR"`): // too many are open
		default:
			f.complain("%s: %s (%v)", resp.Status, body, err)
		}
	}
}

func (f *webFlooder) complain(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	f.odd.CompareAndSwap(nil, &text)
}
