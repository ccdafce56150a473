package egress_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/egress"
)

// there starts an HTTPS server and returns a Client that may reach it as
// https://example.com, for which its certificate is.
func there(t *testing.T, h http.HandlerFunc, o egress.Options) *egress.Client {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	o.Timeout = cmp.Or(o.Timeout, time.Minute) // of a machine that is busy
	if o.Roots == nil {
		o.Roots = x509.NewCertPool()
		o.Roots.AddCert(s.Certificate())
	}
	return egress.New(&egress.Dialer{Policy: allow(t, "example.com="+s.Listener.Addr().String())}, o)
}

func TestFetch(t *testing.T) {
	c := there(t, func(w http.ResponseWriter, r *http.Request) {
		for name := range r.Header {
			if name != "User-Agent" && name != "Accept" && name != "Connection" {
				t.Errorf("we sent %s: %q", name, r.Header[name])
			}
		}
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "me"})
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, r.Host, r.RequestURI, " ", r.UserAgent())
	}, egress.Options{Agent: "bitcoim/1"})
	for range 2 { // the second brings no cookie of the first
		got, err := c.Fetch(t.Context(), "https://example.com/a?b=c")
		if want := "example.com/a?b=c bitcoim/1"; err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

func TestFetchRefusesURLs(t *testing.T) {
	c := egress.New(&egress.Dialer{}, egress.Options{})
	for _, address := range []string{
		"", "example.com", "//example.com", "http://example.com", "ftp://example.com", "file:///etc/passwd", "gopher://example.com",
		"unix:///run/lnd.sock", "https:example.com", "https://", "https:///path", "https://u@example.com", "https://u:p@example.com",
		"https://exa mple.com", "https://[::1", "https://example.com/\x00", "https://example.com:x/", "https://example.com/" + strings.Repeat("a", 5000),
	} {
		if _, err := c.Fetch(t.Context(), address); !errors.Is(err, egress.ErrURL) {
			t.Errorf("%.60q: got %v, want ErrURL", address, err)
		}
	}
	for name, host := range forbidden {
		if strings.ContainsAny(host, ":") {
			host = "[" + strings.ReplaceAll(host, "%", "%25") + "]"
		}
		_, err := c.Fetch(t.Context(), "https://"+host+"/")
		if err == nil || name != "nothing" && !errors.Is(err, egress.ErrForbidden) && !errors.Is(err, egress.ErrURL) {
			t.Errorf("%s (%s): got %v", name, host, err)
		}
	}
}

// What a server may try with the answer.
func TestHostileAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		serve http.HandlerFunc
		want  error
	}{
		"a redirect away":      {redirect(302, "https://127.0.0.1/"), egress.ErrRedirect},
		"a redirect home":      {redirect(301, "/"), egress.ErrRedirect},
		"a redirect that POST": {redirect(307, "https://example.com/"), egress.ErrRedirect},
		"a redirect nowhere":   {redirect(303, ""), egress.ErrRedirect},
		"not modified":         {redirect(304, ""), egress.ErrRedirect},
		"one byte too long":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 64<<10+1)) }, egress.ErrTooLong},
		"endless":              {endless, egress.ErrTooLong},
		"a gzip bomb":          {bomb, egress.ErrEncoded},
		"an unknown encoding":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", "br") }, egress.ErrEncoded},
		"cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{}")
		}, io.ErrUnexpectedEOF},
		"huge headers": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, errAny},
		"many headers": {func(w http.ResponseWriter, _ *http.Request) {
			for i := range 5000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), "x")
			}
		}, errAny},
		"not HTTP":         {raw("220 smtp.example ESMTP\r\n"), errAny},
		"no headers end":   {raw("HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 1<<15)), errAny},
		"many early hints": {raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 1<<12) + "HTTP/1.1 200 OK\r\n\r\n"), errAny},
		"hangs up":         {raw(""), errAny},
		"a broken chunk":   {raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"), errAny},
	} {
		t.Run(name, func(t *testing.T) {
			c := there(t, tt.serve, egress.Options{})
			body, err := c.Fetch(t.Context(), "https://example.com/")
			if errors.Is(tt.want, errAny) && err != nil {
				return
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %d bytes, %v, want %v", len(body), err, tt.want)
			}
		})
	}
	c := there(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 64<<10)) }, egress.Options{})
	if body, err := c.Fetch(t.Context(), "https://example.com/"); err != nil || len(body) != 64<<10 {
		t.Errorf("just long enough: got %d bytes, %v", len(body), err)
	}
}

var errAny = errors.New("any error")

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if to != "" {
			w.Header().Set("Location", to)
		}
		w.WriteHeader(status)
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := w.Write(make([]byte, 4096)); err != nil {
			return
		}
	}
}

func bomb(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(make([]byte, 16<<20))
	z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(b.Bytes())
}

func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, text)
			conn.Close()
		}
	}
}

// A server that says nothing, or one byte at a time, costs us our patience
// and no more.
func TestSlowAnswersEnd(t *testing.T) {
	for name, start := range map[string]bool{"before the headers": false, "within the body": true} {
		t.Run(name, func(t *testing.T) {
			arrived, over := make(chan struct{}), make(chan struct{})
			c := there(t, func(w http.ResponseWriter, r *http.Request) {
				if start {
					fmt.Fprint(w, "{")
					_ = http.NewResponseController(w).Flush()
				}
				close(arrived)
				<-r.Context().Done()
				close(over)
			}, egress.Options{})
			ctx, cancel := context.WithCancel(t.Context())
			failed := make(chan error, 1)
			go func() {
				_, err := c.Fetch(ctx, "https://example.com/")
				failed <- err
			}()
			<-arrived
			cancel()
			if err := <-failed; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			<-over // the connection is closed
		})
	}
	c := there(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, egress.Options{Timeout: 1})
	if _, err := c.Fetch(t.Context(), "https://example.com/"); err == nil {
		t.Error("there is no time limit")
	}
}

func TestTheOtherSideMustBeItself(t *testing.T) {
	c := there(t, nil, egress.Options{Roots: x509.NewCertPool()})
	_, err := c.Fetch(t.Context(), "https://example.com/")
	if certificate := (*tls.CertificateVerificationError)(nil); !errors.As(err, &certificate) {
		t.Errorf("unknown issuer: got %v", err)
	}
}

func TestRoots(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "known") }))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, file + ".not"} {
		if _, err := egress.Roots(bad); err == nil {
			t.Errorf("%s: is taken", bad)
		}
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	roots, err := egress.Roots(file)
	if err != nil {
		t.Fatal(err)
	}
	c := egress.New(&egress.Dialer{Policy: allow(t, "example.com="+s.Listener.Addr().String())}, egress.Options{Roots: roots})
	if got, err := c.Fetch(t.Context(), "https://example.com/"); err != nil || string(got) != "known" {
		t.Errorf("got %q, %v", got, err)
	}
	if none, err := egress.Roots(""); none != nil || err != nil {
		t.Errorf("without a file: %v, %v", none, err)
	}
}

// net/http reads the environment once, so this runs in a process of its own.
func TestNoProxyFromTheEnvironment(t *testing.T) {
	if os.Getenv("HTTPS_PROXY") != "http://127.0.0.1:9" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoProxyFromTheEnvironment$")
		cmd.Env = append(os.Environ(), "HTTPS_PROXY=http://127.0.0.1:9", "https_proxy=http://127.0.0.1:9", "NO_PROXY=", "no_proxy=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	c := there(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "direct") }, egress.Options{})
	if got, err := c.Fetch(t.Context(), "https://example.com/"); err != nil || string(got) != "direct" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestErrorsDoNotTellTheURL(t *testing.T) {
	c := egress.New(&egress.Dialer{}, egress.Options{})
	for _, address := range []string{"https://127.0.0.1/secret", "https://u:secret@example.com", "http://example.com/secret", "https://x/\x7fsecret"} {
		_, err := c.Fetch(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
		if u := (*url.Error)(nil); errors.As(err, &u) {
			t.Errorf("%v is still with its URL", err)
		}
	}
}
