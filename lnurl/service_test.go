package lnurl_test

import (
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/egress"
	"github.com/bitcoim/bitcoim/lnurl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is a real HTTPS server on loopback that answers with what it was
// told to, at https://example.com.
type service struct {
	*lnurl.Client
	mu           sync.Mutex
	offer, quote http.HandlerFunc
	asked        []string
}

func start(t *testing.T) *service {
	t.Helper()
	s := &service{}
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	policy, err := egress.ParseAllow([]string{"example.com=" + server.Listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	s.Client = &lnurl.Client{Fetcher: egress.New(&egress.Dialer{Policy: policy}, egress.Options{Roots: roots, Limit: lnurl.LongestAnswer})}
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.RequestURI)
	if strings.HasPrefix(r.URL.Path, "/.well-known/") {
		s.offer(w, r)
	} else {
		s.quote(w, r)
	}
}

// answers replaces what the service says.
func (s *service) answers(offer, quote http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offer, s.quote, s.asked = offer, quote, nil
}

func (s *service) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

// An honest offer and an honest invoice; what is hostile replaces a part.
const (
	metadata = `[["text/plain","Coffee"],["text/identifier","carol@example.com"]]`
	honest   = `{"tag":"payRequest","callback":"https://example.com/cb?id=7","minSendable":1000,"maxSendable":5000000,` +
		`"metadata":"[[\"text/plain\",\"Coffee\"],[\"text/identifier\",\"carol@example.com\"]]","commentAllowed":20}`
	invoice = "lnbcrt20u1pjq"
	paid    = `{"pr":"` + invoice + `","routes":[]}`
)

// with is honest with one part replaced.
func with(old, new string) string {
	if !strings.Contains(honest, old) {
		panic("nothing hostile about " + old)
	}
	return strings.Replace(honest, old, new, 1)
}
