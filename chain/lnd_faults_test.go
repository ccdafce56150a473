package chain_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

func TestLNDFaults(t *testing.T) {
	_, l := startLND(t)
	good := chain.LNDConfig{URL: "https://" + l.RESTAddr, CertFile: l.TLSCertPath, MacaroonFile: l.MacaroonPath}
	other := filepath.Join(t.TempDir(), "tls.cert")
	if err := os.WriteFile(other, []byte(otherCert), 0o600); err != nil {
		t.Fatal(err)
	}
	var weak struct{ Macaroon string }
	ask := map[string]any{"permissions": []any{map[string]string{"entity": "info", "action": "read"}}}
	if err := l.Call(t.Context(), http.MethodPost, "/v1/macaroon", ask, &weak); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		network string
		change  func(*chain.LNDConfig)
		want    error
	}{
		{"as it should be", "regtest", func(*chain.LNDConfig) {}, nil},
		{"another network", "mainnet", func(*chain.LNDConfig) {}, chain.ErrWrongChain},
		{"nobody there", "regtest", func(c *chain.LNDConfig) { c.URL = "https://127.0.0.1:1" }, chain.ErrUnreachable},
		{"somebody else's certificate", "regtest", func(c *chain.LNDConfig) { c.CertFile = other }, chain.ErrAuth},
		{"no certificate", "regtest", func(c *chain.LNDConfig) { c.CertFile += ".gone" }, chain.ErrAuth},
		{"no macaroon", "regtest", func(c *chain.LNDConfig) { c.MacaroonFile += ".gone" }, chain.ErrAuth},
		{"a macaroon of nobody", "regtest", func(c *chain.LNDConfig) { c.MacaroonFile, c.Macaroon = "", "00" }, chain.ErrAuth},
		{"a macaroon that may not", "regtest", func(c *chain.LNDConfig) { c.MacaroonFile, c.Macaroon = "", weak.Macaroon }, chain.ErrAuth},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conf := good
			tt.change(&conf)
			node := openLND(t, l, chain.Config{Network: tt.network, LND: conf})
			_, err := node.Address(t.Context(), "")
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			blames(t, err, tt.name)
		})
	}
}

// blames wants an error to name the key of what we lack or refuse, and not to say that
// the node refused.
func blames(t *testing.T, err error, name string) {
	t.Helper()
	key, ours := map[string]string{"somebody else's certificate": "lnd.cert_file", "no certificate": "lnd.cert_file", "no macaroon": "lnd.macaroon_file"}[name]
	if ours && (!strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "refuses")) {
		t.Errorf("it names no %s, or blames the node: %v", key, err)
	}
}

// TestLNDLocked goes through the life of a wallet with a password.
func TestLNDLocked(t *testing.T) {
	needs.Programs(t)
	bin, err := nodes.Build(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := regtest.Start(t.Context(), t.TempDir(), bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopped(t, c.Stop) })
	w := startWithPassword(t, bin, c)
	node := openLND(t, nil, chain.Config{LND: w.conf})
	says := func(want error) {
		t.Helper()
		if err := w.process.Ready(t.Context(), func(ctx context.Context) error {
			if _, err := node.Address(ctx, ""); !errors.Is(err, want) {
				return fmt.Errorf("got %w, want %w", err, want)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	says(chain.ErrNoWallet)

	var seed struct {
		Words []string `json:"cipher_seed_mnemonic"`
	}
	password := base64.StdEncoding.EncodeToString([]byte("correct horse"))
	w.call(t, http.MethodGet, "/v1/genseed", nil, &seed)
	w.call(t, http.MethodPost, "/v1/initwallet", map[string]any{"wallet_password": password, "cipher_seed_mnemonic": seed.Words}, nil)
	says(nil)

	if err := w.process.Stop(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Info(t.Context()); !errors.Is(err, chain.ErrUnreachable) {
		t.Errorf("stopped: got %v", err)
	}
	w.start(t)
	says(chain.ErrLocked)
	w.call(t, http.MethodPost, "/v1/unlockwallet", map[string]any{"wallet_password": password}, nil)
	says(nil)
}

// withPassword is an LND whose wallet has one; regtest.LND has not.
type withPassword struct {
	command child.Command
	process *child.Process
	conf    chain.LNDConfig
}

func startWithPassword(t *testing.T, bin nodes.Bin, c *regtest.Chain) *withPassword {
	t.Helper()
	ports, err := port.Several(3)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w := &withPassword{
		command: child.Command{Path: bin.Lnd, Dir: dir, Log: filepath.Join(dir, "lnd.log"), Args: []string{
			"--lnddir=" + dir, "--bitcoin.regtest", "--bitcoin.node=btcd", "--btcd.rpchost=" + c.RPC.Host,
			"--btcd.rpcuser=" + c.RPC.User, "--btcd.rpcpass=" + c.RPC.Pass, "--btcd.rpccert=" + c.RPC.Cert, "--nobootstrap",
			"--restlisten=" + port.Address(ports[0]), "--listen=" + port.Address(ports[1]), "--rpclisten=" + port.Address(ports[2]),
		}},
		conf: chain.LNDConfig{
			URL: "https://" + port.Address(ports[0]), CertFile: filepath.Join(dir, "tls.cert"),
			MacaroonFile: filepath.Join(dir, "data", "chain", "bitcoin", "regtest", "admin.macaroon"),
		},
	}
	w.start(t)
	t.Cleanup(func() { stopped(t, func() error { return w.process.Stop(syscall.SIGTERM) }) })
	return w
}

func (w *withPassword) start(t *testing.T) {
	t.Helper()
	var err error
	if w.process, err = child.Start(w.command); err != nil {
		t.Fatal(err)
	}
}

// call asks one of the methods that a locked LND has, and no macaroon.
func (w *withPassword) call(t *testing.T, method, path string, in, out any) {
	t.Helper()
	trust, err := trusting(w.conf.CertFile)
	if err != nil {
		t.Fatal(err)
	}
	defer trust.CloseIdleConnections()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, w.conf.URL+path, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := trust.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, resp.Status)
	}
	if out == nil {
		return
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}

// otherCert belongs to no node.
const otherCert = `-----BEGIN CERTIFICATE-----
MIIBUjCB+aADAgECAgEBMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMTDXNvbWVib2R5
IGVsc2UwIBcNNzAwMTAxMDAwMDAwWhgPMjA5NjEwMDIwNzA2NDBaMBgxFjAUBgNV
BAMTDXNvbWVib2R5IGVsc2UwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARzE8EN
Rc1AmS+NA4BRo9oXhjAYEPDb86JKkhawzPE/+ptqvW7siSN1JktEzDt/rOaktVmT
PiHAAPqMcVpsZNdqozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBQ+PeB7
Gykd2RLJ2j2Fx35maZ7HtDAKBggqhkjOPQQDAgNIADBFAiEApd7Rabqu7cxRFzri
83yfA7YoHkgFjapqnqXWEVZyvI8CIFBhZQtWzmMzm5tB/rLeNvJFR+SEKIudkuNK
ZnDXijkm
-----END CERTIFICATE-----
`
