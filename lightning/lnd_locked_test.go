package lightning_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/child"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/port"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
)

// TestLNDLocked goes through the life of a wallet with a password.
func TestLNDLocked(t *testing.T) {
	t.Parallel()
	needs.Programs(t)
	bin, err := nodes.Build(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := regtest.Start(t.Context(), t.TempDir(), bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := chain.Stop(); err != nil {
			t.Error(err)
		}
	})
	ports, err := port.Several(3)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	command := child.Command{Path: bin.Lnd, Dir: dir, Log: filepath.Join(dir, "lnd.log"), Args: []string{
		"--lnddir=" + dir, "--bitcoin.regtest", "--bitcoin.node=btcd", "--btcd.rpchost=" + chain.RPC.Host,
		"--btcd.rpcuser=" + chain.RPC.User, "--btcd.rpcpass=" + chain.RPC.Pass, "--btcd.rpccert=" + chain.RPC.Cert, "--nobootstrap",
		"--restlisten=" + port.Address(ports[0]), "--listen=" + port.Address(ports[1]), "--rpclisten=" + port.Address(ports[2]),
	}}
	process, err := child.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Stop(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	})
	url := "https://" + port.Address(ports[0])
	node := open(t, nil, lightning.Config{LND: lnd.Config{
		URL: url, CertFile: filepath.Join(dir, "tls.cert"),
		MacaroonFile: filepath.Join(dir, "data", "chain", "bitcoin", "regtest", "admin.macaroon"),
	}})
	says := func(want error) {
		t.Helper()
		if err := process.Ready(t.Context(), func(ctx context.Context) error {
			if _, err := node.Balance(ctx); !errors.Is(err, want) {
				return fmt.Errorf("got %w, want %w", err, want)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	says(lightning.ErrLocked) // there is no wallet yet

	var seed struct {
		Words []string `json:"cipher_seed_mnemonic"`
	}
	password := base64.StdEncoding.EncodeToString([]byte("correct horse"))
	public(t, http.MethodGet, url+"/v1/genseed", nil, &seed)
	public(t, http.MethodPost, url+"/v1/initwallet", map[string]any{"wallet_password": password, "cipher_seed_mnemonic": seed.Words}, nil)
	says(nil)

	if err := process.Stop(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Info(t.Context()); !errors.Is(err, lightning.ErrUnreachable) {
		t.Errorf("stopped: got %v", err)
	}
	if process, err = child.Start(command); err != nil {
		t.Fatal(err)
	}
	says(lightning.ErrLocked)
	public(t, http.MethodPost, url+"/v1/unlockwallet", map[string]any{"wallet_password": password}, nil)
	says(nil)
}

// public asks one of the methods that a locked LND has, and no macaroon.
func public(t *testing.T, method, url string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	trust := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true} // a test of its own node
	resp, err := trust.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", url, resp.Status)
	}
	if out == nil {
		return
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}
