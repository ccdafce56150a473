package js_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/sandbox/browser"
	"github.com/bitcoim/bitcoim/internal/sandbox/browser/browsertest"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/moneysocket/js"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// An invoice of 2500 msat and its preimage.
const (
	bolt11 = "lnbc25n1p4spjn6pp5ux2pvcarpm6jsukhqsc08ldewaljnc83sv9rkv6peu0cpwq35fhssp57dd2ry5f2uva8nkx554s2u2ds38hexcdrp67cz7tnkf6j7fdvy2s" +
		"dq8w3jhxaqxqrrss9qrsgqp9ghw2pcsnysl7adwhnhu2z3q7drhkrelx2vxk3kslmtwj3kf3lj7xkt3204tlsn5w5wt7g9s4qfckd6adx9rqh640txmfyyaqg8cqsqnva0de"
	preimage = "c86fc49c48ad029fc753ea932d83aebe7e1f5073c3235774ffc6fa5782becd27"
)

// build compiles the WebAssembly and serves it beside the module.
func build(t *testing.T) (url string) {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "moneysocket.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, "./wasm")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := http.FileServerFS(js.Files)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; connect-src 'self' ws:")
		switch r.URL.Path {
		case "/moneysocket.wasm":
			http.ServeFile(w, r, out)
		case "/wasm_exec.js":
			http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"))
		default:
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// open opens the page in a browser and waits for the WebAssembly.
func open(t *testing.T) *browser.Page {
	t.Helper()
	b := browsertest.Start(t)
	p, err := b.Page(t.Context(), browser.Device{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Open(t.Context(), build(t)); err != nil {
		t.Fatal(err)
	}
	until(t, p, "document.documentElement.dataset.loaded === 'true'")
	return p
}

// until asks the page until an expression is true.
func until(t *testing.T, p *browser.Page, condition string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	for {
		var is bool
		if err := p.Eval(ctx, "new Promise((r) => setTimeout(() => r("+condition+"), 20))", &is); err != nil {
			t.Fatalf("until %s: %v, %q", condition, err, p.Problems())
		}
		if is {
			return
		}
	}
}

// background runs f until the test ends, and waits for it.
func background(t *testing.T, f func(ctx context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { f(ctx) })
	t.Cleanup(func() { stop(); all.Wait() })
}

// meet starts a relay on the loopback and returns a beacon for it.
func meet(t *testing.T) (*moneysocket.Relay, moneysocket.Beacon) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &moneysocket.Relay{}
	background(t, func(ctx context.Context) { _ = r.Serve(ctx, l) })
	at := moneysocket.Location{Host: "127.0.0.1", Port: uint16(l.Addr().(*net.TCPAddr).Port), Plain: true}
	return r, moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: []moneysocket.Location{at}}
}

func TestAPageIsLinkedToAWallet(t *testing.T) {
	p := open(t)
	r, beacon := meet(t)
	asked := make(chan moneysocket.Request, 16)
	w := &moneysocket.Provider{
		Invoice: func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
			asked <- r
			return moneysocket.Answer{Bolt11: bolt11}
		},
		Pay: func(_ context.Context, r moneysocket.Request) moneysocket.Answer {
			asked <- r
			return moneysocket.Answer{Preimage: preimage, Ext: moneysocket.FeeExt(12)}
		},
	}
	w.Show(true, true, moneysocket.Bitcoin(123_456_789))
	background(t, func(ctx context.Context) { _ = w.Run(ctx, moneysocket.Incoming(r, beacon.Seed)) })

	enter := func(form, field, text string) {
		t.Helper()
		if err := p.Type(t.Context(), field, text); err != nil {
			t.Fatal(err)
		}
		if err := p.Click(t.Context(), form+" button"); err != nil {
			t.Fatal(err)
		}
	}
	enter("#link", "#beacon", strings.ToUpper(beacon.String()))
	until(t, p, "document.querySelector('#balance').dataset.msats === '123456789'")
	if got, err := p.Text(t.Context(), "#balance"); err != nil || got != "₿ 123456.789 sat" {
		t.Errorf("balance: got %q, %v", got, err)
	}
	enter("#receive", "#msats", "2500")
	if got := <-asked; got.Msats != 2500 || got.Description != "from a web page" {
		t.Errorf("asked for %+v", got)
	}
	until(t, p, "document.querySelector('#invoice').textContent === '"+bolt11+"'")
	w.Received(preimage)
	until(t, p, "document.querySelector('#invoice').textContent === 'received 2500 msat'")
	enter("#send", "#bolt11", bolt11)
	if got := <-asked; got.Bolt11 != bolt11 {
		t.Errorf("asked to pay %+v", got)
	}
	until(t, p, "document.querySelector('#paid').textContent === 'paid, fee 12 msat, the proof is "+preimage+"'")
	w.Answer("", "22222222-2222-4222-8222-222222222222", moneysocket.Answer{Error: "boom"}) // of another session
	until(t, p, "document.querySelector('#state').textContent === 'the wallet says: boom'")
	w.Show(true, true, moneysocket.Bitcoin(1))
	until(t, p, "document.querySelector('#balance').dataset.msats === '1'")
	for _, problem := range p.Problems() {
		if !strings.Contains(problem, "favicon.ico") {
			t.Errorf("the browser says %s", problem)
		}
	}
}

func TestAPageIsAWallet(t *testing.T) {
	p := open(t)
	r, beacon := meet(t)
	var names []string
	err := p.Eval(t.Context(), fmt.Sprintf(`(async () => {
		const { load, Refusal } = await import('./moneysocket.js')
		const m = await load()
		globalThis.wallet = m.provider(%q, {
			invoice: async ({ msats }) => { if (msats !== 2500n) throw new Refusal('only 2500'); return %q },
			pay: ({ msats }) => { globalThis.paid = String(msats); return %q }
		})
		wallet.show({ msats: 5000n })
		return [m, wallet, m.consumer(%q)].flatMap(Object.keys)
	})()`, beacon.String(), bolt11, preimage, moneysocket.Beacon{Seed: moneysocket.NewSeed(), Locations: beacon.Locations}.String()), &names)
	if err != nil {
		t.Fatal(err)
	}
	types, err := js.Files.ReadFile("moneysocket.d.ts")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !strings.Contains(string(types), " "+name) {
			t.Errorf("%s has no type", name)
		}
	}

	c := &moneysocket.Consumer{Link: moneysocket.Incoming(r, beacon.Seed)}
	background(t, func(ctx context.Context) { _ = c.Run(ctx) })
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	info, err := c.Info(ctx)
	if err != nil || info.Wad.Msats != 5000 || !info.Payer || !info.Payee {
		t.Fatalf("got %+v, %v", info, err)
	}
	if got, err := c.Invoice(ctx, 2500, ""); err != nil || got != bolt11 {
		t.Errorf("invoice: got %q, %v", got, err)
	}
	if _, err := c.Invoice(ctx, 2501, ""); err == nil || !strings.Contains(err.Error(), "only 2500") {
		t.Errorf("another invoice: got %v", err)
	}
	if got, err := c.Pay(ctx, bolt11); err != nil || got != preimage {
		t.Errorf("pay: got %q, %v", got, err)
	}
	until(t, p, "globalThis.paid === '2500'")
}

func TestThePackageNamesWhatIsThere(t *testing.T) {
	text, err := js.Files.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	var about struct{ Files []string }
	if err := json.Unmarshal(text, &about); err != nil {
		t.Fatal(err)
	}
	for _, name := range about.Files {
		built := name == "moneysocket.wasm" || name == "wasm_exec.js"
		if _, err := js.Files.Open(name); err != nil && !built {
			t.Errorf("%s: %v", name, err)
		}
	}
}
