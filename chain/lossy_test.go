package chain_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lossy is a way to a node on which answers can get lost.
type lossy struct {
	server *httptest.Server
	lose   atomic.Bool
}

// loseNext drops the connection instead of the next answer that matters.
func (l *lossy) loseNext() { l.lose.Store(true) }

var errLost = errors.New("the answer is lost")

// loseAnswers opens a way to a node; matters says which requests are meant.
func loseAnswers(t *testing.T, node string, trust http.RoundTripper, matters func(*http.Request, []byte) bool) *lossy {
	t.Helper()
	target, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	l := new(lossy)
	forward := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: trust,
		ModifyResponse: func(r *http.Response) error {
			if r.Request.Header.Get("X-Matters") != "" && l.lose.CompareAndSwap(true, false) {
				return errors.Join(errLost, r.Body.Close())
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	l.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if matters(r, body) {
			r.Header.Set("X-Matters", "yes")
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		l.server.Close()
		if c, ok := trust.(interface{ CloseIdleConnections() }); ok {
			c.CloseIdleConnections()
		}
	})
	return l
}

// trusting is a transport that trusts one certificate.
func trusting(file string) (*http.Transport, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}, nil
}
