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
	lose   atomic.Value // string: to what the next answer is lost
}

// loseNext drops the connection instead of the next answer to such a request.
func (l *lossy) loseNext(to string) func() { return func() { l.lose.Store(to) } }

var errLost = errors.New("the answer is lost")

// loseAnswers opens a way to a node; kind says what a request is.
func loseAnswers(t *testing.T, node string, trust http.RoundTripper, kind func(*http.Request, []byte) string) *lossy {
	t.Helper()
	target, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	l := new(lossy)
	l.lose.Store("")
	forward := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: trust,
		ModifyResponse: func(r *http.Response) error {
			if k := r.Request.Header.Get("X-Kind"); k != "" && l.lose.CompareAndSwap(k, "") {
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
		r.Header.Set("X-Kind", kind(r, body))
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
