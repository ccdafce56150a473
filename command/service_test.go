package command_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/egress"
	"github.com/bitcoim/bitcoim/lnurl"
	"github.com/bitcoim/bitcoim/wallet"
)

// services runs a real HTTPS server for the Lightning Addresses at example.com
// and lets the desk ask it. Each name has its own manners.
func (s *scene) services() {
	s.t.Helper()
	server := httptest.NewUnstartedServer(service{s.town})
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	s.t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	policy, err := egress.ParseAllow([]string{"example.com=" + server.Listener.Addr().String()})
	if err != nil {
		s.t.Fatal(err)
	}
	client := egress.New(&egress.Dialer{Policy: policy}, egress.Options{Roots: roots, Limit: lnurl.LongestAnswer})
	s.desk.Lightning.Asks = &lnurl.Client{Fetcher: inTheNameOf{s.t, client}}
	for _, name := range []string{"carol", "rude"} {
		text, err := lnurl.Encode("https://example.com/.well-known/lnurlp/" + name)
		if err != nil {
			s.t.Fatal(err)
		}
		s.known["lnurl:"+name] = text
	}
}

// inTheNameOf fetches what is asked for the users of a domain, and nothing else.
type inTheNameOf struct {
	t testing.TB
	lnurl.Fetcher
}

func (f inTheNameOf) Fetch(ctx context.Context, address string) ([]byte, error) {
	if who := egress.Asker(ctx); !strings.Contains(who, ".") {
		f.t.Errorf("a service is asked for %q", who)
	}
	return f.Fetcher.Fetch(ctx, address)
}

// service is carol, who is honest, and others.
type service struct{ w *town }

func (v service) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	meta := fmt.Sprintf(`[["text/plain","Pay %s"],["text/identifier","%s@example.com"]]`, name, name)
	var answer string
	switch {
	case name == "silent":
		panic(http.ErrAbortHandler)
	case name == "nobody":
		answer = `{"status":"ERROR","reason":"nobody here is called that"}`
	case strings.HasPrefix(r.URL.Path, "/.well-known/"):
		answer = v.offer(name, meta)
	default:
		answer = v.quote(name, meta, r)
	}
	fmt.Fprint(out, answer)
}

func (v service) offer(name, meta string) string {
	least, most, more := 1_000, 50_000_000, ""
	switch name {
	case "fixed":
		least, most = 2_100_000, 2_100_000
	case "curious":
		more = `,"payerData":{"name":{"mandatory":true}}`
	}
	return fmt.Sprintf(`{"tag":"payRequest","callback":"https://example.com/cb/%s","minSendable":%d,"maxSendable":%d,"metadata":%q,"commentAllowed":20%s}`,
		name, least, most, meta, more)
}

func (v service) quote(name, meta string, r *http.Request) string {
	msat, _ := strconv.ParseInt(r.FormValue("amount"), 10, 64)
	sum := sha256.Sum256([]byte(meta))
	b := bill{msat: msat, memoHash: sum[:], made: time.Now(), lasts: time.Hour}
	_, _ = rand.Read(b.hash[:]) // never fails
	more := ""
	switch name {
	case "rude":
		return `{"status":"ERROR","reason":"closed today"}`
	case "dear":
		b.msat += 1_000
	case "open":
		b.msat = 0
	case "liar":
		b.memoHash = make([]byte, 32)
	case "elsewhere":
		b.prefix = "bc"
	case "late":
		b.made = b.made.Add(-2 * time.Hour)
	case "slow":
		b.cltv = 1000
	case "thankful":
		more = `,"successAction":{"tag":"message","message":"Thank you"}`
	case "bobs": // an address elsewhere that leads to one of ours
		in, err := v.w.desk.InvoiceFor(r.Context(), wallet.StrangerInvoice{Name: "bob", Amount: amount.Msat(msat), DescriptionHash: sum,
			Note: r.FormValue("comment"), Door: "web"})
		if err != nil {
			return `{"status":"ERROR","reason":"bob can not"}`
		}
		return `{"pr":"` + in.Text + `","routes":[]}`
	}
	return `{"pr":"` + b.text(v.w.t) + `","routes":[]` + more + `}`
}
