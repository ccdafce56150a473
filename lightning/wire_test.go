package lightning_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

// wire is a way to a node on which answers are cut or changed. Calls are known
// by how their path begins.
type wire struct {
	*httptest.Server
	node  string
	trust *http.Transport

	mu   sync.Mutex
	cuts map[string]int                      // messages of the next call that still pass
	lies map[string]func(line string) string // what becomes of each message
	seen []string                            // method and path
}

func newWire(t testing.TB, node, cert string) *wire {
	t.Helper()
	pem, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	w := &wire{
		node: "https://" + node, trust: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
		cuts: make(map[string]int), lies: make(map[string]func(string) string),
	}
	w.Server = httptest.NewServer(w)
	t.Cleanup(func() {
		w.Close()
		w.trust.CloseIdleConnections()
	})
	return w
}

// cut breaks the connection of the next call after so many messages.
func (w *wire) cut(path string, messages int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cuts[path] = messages
}

// lie changes what the node says.
func (w *wire) lie(path string, change func(line string) string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lies[path] = change
}

// calls counts the calls since the wire was made.
func (w *wire) calls(path string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.seen {
		if strings.HasPrefix(s, path) {
			n++
		}
	}
	return n
}

// rules are what holds for a call; cut is -1 for none, and for once.
func (w *wire) rules(path string) (cut int, lie func(string) string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, path)
	cut, lie = -1, func(line string) string { return line }
	for p, n := range w.cuts {
		if strings.HasPrefix(path, p) {
			cut = n
			delete(w.cuts, p)
		}
	}
	for p, l := range w.lies {
		if strings.HasPrefix(path, p) {
			lie = l
		}
	}
	return cut, lie
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	cut, lie := w.rules(r.URL.Path)
	// The whole of it first: our first answer closes r.Body, and if the request is not
	// written to its end by then, the connection to the node is closed with it.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, w.node+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	req.Header = r.Header
	resp, err := w.trust.RoundTrip(req)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close()
	if cut == 0 { // the node has heard of it
		panic(http.ErrAbortHandler)
	}
	rw.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
	rw.WriteHeader(resp.StatusCode)
	lines := bufio.NewReader(resp.Body)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			if _, err := io.WriteString(rw, lie(line)); err != nil {
				panic(http.ErrAbortHandler)
			}
			_ = http.NewResponseController(rw).Flush()
			if cut--; cut == 0 {
				panic(http.ErrAbortHandler)
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}
