package lightning_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
)

// TestLNDFaults shares one network of ours, a neighbour and somebody far.
func TestLNDFaults(t *testing.T) {
	t.Parallel()
	net := startNet(t, 3)
	for _, f := range []struct {
		name string
		test func(*testing.T, *regtest.Net)
	}{
		{"who answers", whoAnswers},
		{"credentials of least power are enough, and no more than that", leastPower},
		{"too much power is told", tooMuchPower},
		{"an invoice that can be read in two ways is bad", twoMeanings},
		{"a node that lies proves nothing", lies},
		{"an absurd fee is not paid", absurdFee},
		{"a frozen node ends a subscription", frozenSubscription},
		{"another node in the same place is refused", anotherNode},
	} {
		t.Run(f.name, func(t *testing.T) { f.test(t, net) })
	}
}

// bill is a payment of an invoice that somebody makes.
func bill(t *testing.T, l *regtest.LND, msat amount.Msat) lightning.Payment {
	t.Helper()
	text, err := peer(l).Invoice(t.Context(), msat, "tea", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := open(t, l, lightning.Config{}).Decode(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return lightning.Payment{Invoice: text, Hash: inv.Hash, FeeLimit: 100 * amount.Sat, MaxCLTV: 1000}
}

func whoAnswers(t *testing.T, net *regtest.Net) {
	l := net.Nodes[0]
	good := lnd.Config{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: bake(t, l)}
	p := bill(t, net.Nodes[1], 1000)
	weak, err := l.Bake(t.Context(), "weak", "/lnrpc.Lightning/GetInfo")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(*lightning.Config)
		want   error
	}{
		"as it should be":             {func(*lightning.Config) {}, nil},
		"the node that is known":      {func(c *lightning.Config) { c.PubKey = strings.ToUpper(l.PubKey) }, nil},
		"another node":                {func(c *lightning.Config) { c.PubKey = net.Nodes[1].PubKey }, lightning.ErrWrongNode},
		"another network":             {func(c *lightning.Config) { c.Network = "mainnet" }, lightning.ErrWrongChain},
		"nobody there":                {func(c *lightning.Config) { c.LND.URL = "https://127.0.0.1:1" }, lightning.ErrUnreachable},
		"somebody else's certificate": {func(c *lightning.Config) { c.LND.CertFile = net.Nodes[1].TLSCertPath }, lightning.ErrAuth},
		"no certificate":              {func(c *lightning.Config) { c.LND.CertFile += ".gone" }, lightning.ErrAuth},
		"no macaroon":                 {func(c *lightning.Config) { c.LND.MacaroonFile += ".gone" }, lightning.ErrAuth},
		"a macaroon of nobody":        {func(c *lightning.Config) { c.LND.MacaroonFile, c.LND.Macaroon = "", "00" }, lightning.ErrAuth},
		"a macaroon of another node":  {func(c *lightning.Config) { c.LND.MacaroonFile = net.Nodes[1].MacaroonPath }, lightning.ErrAuth},
		"a macaroon that may not":     {func(c *lightning.Config) { c.LND.MacaroonFile = weak }, lightning.ErrAuth},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := lightning.Config{LND: good}
			tt.change(&cfg)
			node := open(t, l, cfg)
			_, err := node.Balance(t.Context())
			if !errors.Is(err, tt.want) {
				t.Errorf("balance: got %v, want %v", err, tt.want)
			}
			key, ours := map[string]string{"somebody else's certificate": "lnd.cert_file", "no certificate": "lnd.cert_file", "no macaroon": "lnd.macaroon_file", "another node": "lightning.node"}[name]
			if ours && (!strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "refuses")) {
				t.Errorf("it names no %s, or blames the node: %v", key, err)
			}
			if tt.want == nil {
				return
			}
			if o, err := node.Find(t.Context(), p.Hash); !errors.Is(err, tt.want) {
				t.Errorf("find: got %+v (%v), want %v", o, err, tt.want)
			}
			if cfg.Network == "mainnet" {
				return // an invoice of regtest is none
			}
			if o, err := node.Pay(t.Context(), p); !errors.Is(err, tt.want) || errors.Is(err, lightning.ErrRefused) {
				t.Errorf("pay: got %+v (%v), want %v", o, err, tt.want)
			}
			if inv, err := node.Decode(t.Context(), p.Invoice); !errors.Is(err, tt.want) || errors.Is(err, lightning.ErrBadInvoice) {
				t.Errorf("decode: got %+v (%v), want %v", inv, err, tt.want)
			}
		})
	}
	o, err := open(t, l, lightning.Config{LND: good}).Find(t.Context(), p.Hash)
	if err != nil || o.State != lightning.NotFound {
		t.Errorf("a payment was begun: %+v (%v)", o, err)
	}
}

// twoMeanings are invoices with a good signature. LND takes the first of two
// fields and says nothing; others take the last.
func twoMeanings(t *testing.T, net *regtest.Net) {
	l := net.Nodes[0]
	node := open(t, l, lightning.Config{})
	expiry, cltv := field{6, []byte{1, 28}}, field{24, []byte{2, 16}}
	for name, tt := range map[string]struct {
		fields []field
		good   bool
	}{
		"each once":           {[]field{hashField(), secretField(), memo("a"), expiry, cltv, features}, true},
		"a field of tomorrow": {[]field{hashField(), secretField(), memo("a"), features, {2, []byte{1}}, {2, []byte{1}}}, true},
		"two hashes":          {[]field{hashField(), hashField(), secretField(), memo("a"), features}, false},
		"two secrets":         {[]field{hashField(), secretField(), secretField(), memo("a"), features}, false},
		"two descriptions":    {[]field{hashField(), secretField(), memo("a"), memo("b"), features}, false},
		"two expiries":        {[]field{hashField(), secretField(), memo("a"), expiry, {6, []byte{2, 28}}, features}, false},
		"two final deltas":    {[]field{hashField(), secretField(), memo("a"), cltv, {24, []byte{3, 16}}, features}, false},
		"two sets of features": {
			[]field{hashField(), secretField(), memo("a"), features, features}, false},
	} {
		t.Run(name, func(t *testing.T) {
			text := craft(t, "lnbcrt10n", tt.fields...)
			if err := l.Call(t.Context(), http.MethodGet, "/v1/payreq/"+text, nil, nil); err != nil {
				t.Errorf("LND cannot read it: %v", err)
			}
			got, err := node.Decode(t.Context(), text)
			if tt.good != (err == nil) || !tt.good && !errors.Is(err, lightning.ErrBadInvoice) {
				t.Errorf("got %+v (%v)", got, err)
			}
		})
	}
}

var (
	preimagePart = regexp.MustCompile(`"payment_preimage":"[0-9a-f]{64}"`)
	hashPart     = regexp.MustCompile(`"payment_hash":"[0-9a-f]{64}"`)
	statusPart   = regexp.MustCompile(`"status":"[A-Z_]+"`)
)

// Of another payment.
const (
	otherPreimage = "1111111111111111111111111111111111111111111111111111111111111111"
	otherHash     = "02d449a31fbb267c8f352e9968a79e3e5fc95c1bbeaa502fd6454ebde5a4bedc"
)

func lies(t *testing.T, net *regtest.Net) {
	l := net.Nodes[0]
	zeros := strings.Repeat("0", 64)
	for name, tt := range map[string]struct {
		lie   func(line string) string
		want  error           // of Pay and Find
		state lightning.State // without an error
	}{
		"the truth":           {func(line string) string { return line }, nil, lightning.Succeeded},
		"a preimage of zeros": {func(line string) string { return preimagePart.ReplaceAllString(line, `"payment_preimage":"`+zeros+`"`) }, lightning.ErrNoProof, 0},
		"no preimage":         {func(line string) string { return preimagePart.ReplaceAllString(line, `"payment_preimage":""`) }, lightning.ErrNoProof, 0},
		"of another payment":  {func(line string) string { return hashPart.ReplaceAllString(line, `"payment_hash":"`+zeros+`"`) }, lightning.ErrNoProof, 0},
		"the proof of another": {func(line string) string {
			line = hashPart.ReplaceAllString(line, `"payment_hash":"`+otherHash+`"`)
			return preimagePart.ReplaceAllString(line, `"payment_preimage":"`+otherPreimage+`"`)
		}, lightning.ErrNoProof, 0},
		"of no payment":         {func(line string) string { return hashPart.ReplaceAllString(line, `"payment_hash":""`) }, lightning.ErrNoProof, 0},
		"a status of tomorrow":  {func(line string) string { return statusPart.ReplaceAllString(line, `"status":"SETTLING"`) }, nil, lightning.InFlight},
		"a broken line":         {func(line string) string { return line[:len(line)/2] + "\n" }, lightning.ErrUnreachable, 0},
		"a negative amount":     {func(line string) string { return strings.ReplaceAll(line, `"value_msat":"`, `"value_msat":"-`) }, lightning.ErrNoProof, 0},
		"success after failure": {func(line string) string { return strings.ReplaceAll(line, `"IN_FLIGHT"`, `"SUCCEEDED"`) }, lightning.ErrNoProof, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, l.RESTAddr, l.TLSCertPath)
			node := open(t, l, lightning.Config{LND: lnd.Config{URL: w.URL, MacaroonFile: l.MacaroonPath}})
			p := bill(t, net.Nodes[1], 1000)
			w.lie("/v2/router/send", tt.lie)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			o, err := node.Pay(ctx, p)
			if name == "a status of tomorrow" { // the stream ends and we do not know how
				if !errors.Is(err, lightning.ErrUnreachable) || o.State == lightning.Failed || o.State == lightning.Succeeded {
					t.Errorf("got %+v (%v)", o, err)
				}
			} else if !errors.Is(err, tt.want) || o.State != tt.state {
				t.Errorf("got %+v (%v), want %v", o, err, tt.want)
			}
			o, err = open(t, l, lightning.Config{}).Pay(ctx, p) // the truth is there, all the time
			if err != nil || o.State != lightning.Succeeded {
				t.Errorf("in truth: got %+v (%v)", o, err)
			}
			w.lie("/v2/router/track", tt.lie)
			o, err = node.Find(ctx, p.Hash)
			if name == "success after failure" {
				return // a payment that is over has one message
			}
			if !errors.Is(err, tt.want) || o.State != tt.state {
				t.Errorf("found %+v (%v), want %v", o, err, tt.want)
			}
		})
	}
}

// absurdFee lets the neighbour charge 99.9 %: who has the fee limit in escrow
// pays no more than that.
func absurdFee(t *testing.T, net *regtest.Net) {
	ours, neighbour, far := net.Nodes[0], net.Nodes[1], net.Nodes[2]
	if err := neighbour.Charge(t.Context(), net.Channels[1], 1000, 999_000, ours, far); err != nil {
		t.Fatal(err)
	}
	node := open(t, ours, lightning.Config{})
	p := bill(t, far, 1_000_000)
	o, err := node.Pay(t.Context(), p)
	if err != nil || o.State != lightning.Failed || o.Reason != lightning.NoRoute {
		t.Errorf("got %+v (%v)", o, err)
	}
	p.FeeLimit = 2_000_000
	o, err = node.Pay(t.Context(), p)
	if err != nil || o.State != lightning.Succeeded || o.Fee != 1000+999_000 {
		t.Errorf("who wants to pay it: got %+v (%v)", o, err)
	}
	if err := neighbour.Charge(t.Context(), net.Channels[1], 1000, 1, ours, far); err != nil {
		t.Fatal(err)
	}
}

func frozenSubscription(t *testing.T, net *regtest.Net) {
	l := net.Nodes[0]
	node := open(t, l, lightning.Config{Timeout: 2 * time.Second})
	if _, err := node.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- node.Settled(ctx, 1_000_000, func(lightning.Receipt) error { return nil }) }()
	if err := l.Pause(); err != nil {
		t.Fatal(err)
	}
	err := <-ended
	if !errors.Is(err, lightning.ErrUnreachable) || ctx.Err() != nil {
		t.Errorf("got %v", err)
	}
	if err := l.Resume(); err != nil {
		t.Fatal(err)
	}
}

// anotherNode answers in the place of ours after that was away.
func anotherNode(t *testing.T, net *regtest.Net) {
	l, other := net.Nodes[0], net.Nodes[1]
	w := newWire(t, l.RESTAddr, l.TLSCertPath)
	node := open(t, l, lightning.Config{LND: lnd.Config{URL: w.URL, MacaroonFile: l.MacaroonPath}})
	if _, err := node.Balance(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.cut("/v2/invoices/cancel", 0)
	if err := node.Cancel(t.Context(), lightning.Hash{}); !errors.Is(err, lightning.ErrUnreachable) {
		t.Errorf("cut: got %v", err)
	}
	w.lie("/v1/getinfo", func(line string) string { return strings.ReplaceAll(line, l.PubKey, other.PubKey) })
	p := bill(t, other, 1000)
	before := w.calls("/v2/router/send")
	if o, err := node.Pay(t.Context(), p); !errors.Is(err, lightning.ErrWrongNode) {
		t.Errorf("got %+v (%v)", o, err)
	}
	if w.calls("/v2/router/send") != before {
		t.Error("a payment was handed to a node that is not ours")
	}
}
