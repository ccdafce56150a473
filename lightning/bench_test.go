package lightning_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
)

const (
	crowd = 16 // ask at once
	turn  = 64 // calls in a row
)

// BenchmarkLND measures the backend beside the node driven directly: the two
// take turns, because the node slows down with what it keeps.
func BenchmarkLND(b *testing.B) {
	net := startNet(b, 2)
	l := net.Nodes[0]
	node := open(b, l, lightning.Config{LND: lnd.Config{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: bake(b, l)}})
	raw := newDriver(b, l)
	b.Run("invoice", func(b *testing.B) {
		beside(b, func(int) error {
			_, err := node.Invoice(b.Context(), lightning.Ask{Preimage: lightning.Preimage(random()), Amount: 1000, Description: "tea", Expiry: time.Hour})
			return err
		}, func(int) error {
			_, err := raw.post("/v1/invoices", map[string]any{"r_preimage": random(), "value_msat": "1000", "memo": "tea", "expiry": "3600"})
			return err
		})
	})
	b.Run("pay", func(b *testing.B) {
		ours, others := bills(b, net.Nodes[1]), bills(b, net.Nodes[1])
		beside(b, func(i int) error {
			o, err := node.Pay(b.Context(), ours[i])
			if err == nil && o.State != lightning.Succeeded {
				err = fmt.Errorf("state %d: %s", o.State, o.Reason)
			}
			return err
		}, func(i int) error {
			text, err := raw.post("/v2/router/send", map[string]any{
				"payment_request": others[i].Invoice, "timeout_seconds": 60, "fee_limit_msat": "1000", "no_inflight_updates": true,
			})
			if err == nil && !strings.Contains(text, `"SUCCEEDED"`) {
				err = fmt.Errorf("%s", text)
			}
			return err
		})
	})
}

// beside runs b.N calls of each kind in turns and reports how many there were
// each second, and the first as a part of the second.
func beside(b *testing.B, ours, direct func(i int) error) {
	var took [2]time.Duration
	b.ResetTimer()
	for from := 0; from < b.N; from += turn {
		to := min(from+turn, b.N)
		for kind, call := range []func(int) error{ours, direct} {
			begin := time.Now()
			together(b, from, to, call)
			took[kind] += time.Since(begin)
		}
	}
	n := float64(b.N)
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
	b.ReportMetric(n/took[0].Seconds(), "ours/s")
	b.ReportMetric(n/took[1].Seconds(), "direct/s")
	b.ReportMetric(float64(took[1])/float64(took[0]), "of-direct")
}

// together makes the calls of one turn.
func together(b *testing.B, from, to int, call func(i int) error) {
	var next atomic.Int64
	next.Store(int64(from))
	var all sync.WaitGroup
	for range crowd {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < to; i = int(next.Add(1)) - 1 {
				if err := call(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// bills are b.N invoices of somebody, ready to be paid.
func bills(b *testing.B, l *regtest.LND) []lightning.Payment {
	b.Helper()
	raw := newDriver(b, l)
	payments := make([]lightning.Payment, b.N)
	for i := range payments {
		text, err := raw.post("/v1/invoices", map[string]any{"value_msat": "1000"})
		if err != nil {
			b.Fatal(err)
		}
		var made struct {
			Text string `json:"payment_request"`
			Hash []byte `json:"r_hash"`
		}
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			b.Fatal(err)
		}
		payments[i] = lightning.Payment{Invoice: made.Text, Hash: lightning.Hash(made.Hash), FeeLimit: amount.Sat, MaxCLTV: 1000}
	}
	return payments
}

// driver speaks to LND without us.
type driver struct {
	client   *http.Client
	base     string
	macaroon string
}

func newDriver(b *testing.B, l *regtest.LND) *driver {
	b.Helper()
	w := newWire(b, l.RESTAddr, l.TLSCertPath)
	w.trust.MaxIdleConnsPerHost = 64
	mac, err := os.ReadFile(l.MacaroonPath)
	if err != nil {
		b.Fatal(err)
	}
	return &driver{client: &http.Client{Transport: w.trust}, base: w.node, macaroon: hex.EncodeToString(mac)}
}

func (d *driver) post(path string, in any) (string, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequest(http.MethodPost, d.base+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Grpc-Metadata-macaroon", d.macaroon)
	resp, err := d.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, text)
	}
	return string(text), err
}
