package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/bitcoim/bitcoim/door/web"
)

// BenchmarkLNURL asks over real connections, beside a handler that does
// nothing but answer the same bytes: compare the lines of one run.
func BenchmarkLNURL(b *testing.B) {
	h := open(b, func(o *web.Options) { o.Limits.Requests.Burst, o.Limits.Invoices.Burst = 1<<30, 1<<30 })
	offer := h.get(b, "/.well-known/lnurlp/alice").text
	bare := bareServer(b, offer)
	for _, run := range []struct{ name, url string }{
		{"bare", bare + "/.well-known/lnurlp/alice"},
		{"offer", h.at + "/.well-known/lnurlp/alice"},
		{"invoice", h.at + "/lnurlp/alice?amount=1000&comment=hello"},
		{"page", h.at + "/@alice"},
	} {
		b.Run(run.name, func(b *testing.B) { ask(b, run.url) })
	}
}

// ask counts whole answers in a second, over as many connections as there
// are processors.
func ask(b *testing.B, url string) {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			resp, err := client.Get(url)
			if err != nil {
				b.Error(err)
				return
			}
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != 200 {
				b.Errorf("got %d, %v", resp.StatusCode, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// bareServer is net/http with the same limits and no thoughts.
func bareServer(b *testing.B, answer string) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answer)
	})}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	b.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			b.Error(err)
		}
		<-ended
	})
	return "http://" + l.Addr().String()
}
