package chain_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/chain/chaintest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
	"github.com/bitcoim/bitcoim/internal/sandbox/regtest"
)

const faultsTape = "faults.jsonl.gz"

func TestBitcoindFaults(t *testing.T) {
	path, ok := nodes.Bitcoind()
	if !ok {
		t.Skip("no bitcoind in $BITCOIND or $PATH: the recorded one has to do (TestBitcoindFaultsRecorded)")
	}
	c := startBitcoind(t, path)
	// A wallet with a password, locked.
	if err := c.RPC.Call(t.Context(), "createwallet", nil, "locked", false, false, "correct horse", false, true); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(recordings, *recording, faultsTape)
	if *recording == "" {
		file = filepath.Join(t.TempDir(), faultsTape)
	}
	bitcoindFaults(t, record(t, "http://"+c.RPC.Host, file), c)
}

func TestBitcoindFaultsRecorded(t *testing.T) {
	recorded(t, faultsTape, func(t *testing.T, file string) { bitcoindFaults(t, replay(t, file), nil) })
}

func bitcoindFaults(t *testing.T, tp *tape, c *regtest.Chain) {
	wrong := filepath.Join(t.TempDir(), "cookie")
	if err := os.WriteFile(wrong, []byte("__cookie__:guess"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := chain.BitcoindConfig{URL: tp.server.URL, Wallet: regtest.Wallet, User: "sandbox", Password: "sandbox"}
	for _, tt := range []struct {
		name    string
		network string
		change  func(*chain.BitcoindConfig)
		want    error
	}{
		{"as it should be", "regtest", func(*chain.BitcoindConfig) {}, nil},
		{"another network", "mainnet", func(*chain.BitcoindConfig) {}, chain.ErrWrongChain},
		{"nobody there", "regtest", func(c *chain.BitcoindConfig) { c.URL = "127.0.0.1:1" }, chain.ErrUnreachable},
		{"a wrong password", "regtest", func(c *chain.BitcoindConfig) { c.Password = "guess" }, chain.ErrAuth},
		{"a wrong cookie", "regtest", func(c *chain.BitcoindConfig) { c.Password, c.CookieFile = "", wrong }, chain.ErrAuth},
		{"no cookie", "regtest", func(c *chain.BitcoindConfig) { c.Password, c.CookieFile = "", wrong+".gone" }, chain.ErrAuth},
		{"no such wallet", "regtest", func(c *chain.BitcoindConfig) { c.Wallet = "a b/c" }, chain.ErrNoWallet},
		{"no wallet named, and there are two", "regtest", func(c *chain.BitcoindConfig) { c.Wallet = "" }, chain.ErrNoWallet},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conf := good
			tt.change(&conf)
			node := openBitcoind(t, chain.Config{Network: tt.network, Bitcoind: conf})
			if _, err := node.Address(t.Context(), "ann@example.org"); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	t.Run("a locked wallet signs nothing and locks no coin", func(t *testing.T) {
		conf := good
		conf.Wallet = "locked"
		b := taped(bitcoindBench(t, tp.server.URL, c), tp)
		b.Node = openBitcoind(t, chain.Config{Bitcoind: conf})
		lockedWallet(t, b)
	})
}

func lockedWallet(t *testing.T, b chaintest.Bench) {
	ctx := t.Context()
	addr, err := b.Node.Address(ctx, "ann@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Fund(ctx, addr, 500_000); err != nil {
		t.Fatal(err)
	}
	if err := b.Mine(ctx, 1); err != nil {
		t.Fatal(err)
	}
	outs := []chain.Output{{Address: stranger, Amount: 200_000 * amount.Sat}}
	for range 2 { // a coin that stayed locked would be missing
		if _, err := quoteAndPrepare(ctx, b.Node, outs); !errors.Is(err, chain.ErrLocked) {
			t.Errorf("got %v", err)
		}
	}
}

func quoteAndPrepare(ctx context.Context, node chain.Node, outs []chain.Output) (chain.Prepared, error) {
	fee, err := node.Quote(ctx, outs, chaintest.Rate)
	if err != nil {
		return chain.Prepared{}, err
	}
	return node.Prepare(ctx, outs, chaintest.Rate, fee)
}

// TestBitcoindLags plays what a node says that has not all blocks yet, which
// no test can wait for: its no means nothing.
func TestBitcoindLags(t *testing.T) {
	const info = `{"blocks":450,"headers":900,"bestblockhash":"00","initialblockdownload":true}`
	const genesis = `"0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"`
	const txid = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
	ok := func(ask, params, answer string) exchange {
		return exchange{Ask: ask, Params: json.RawMessage(params), Status: 200, Answer: json.RawMessage(answer)}
	}
	no := func(ask, params, fault string) exchange {
		return exchange{Ask: ask, Params: json.RawMessage(params), Status: 500, Error: json.RawMessage(fault)}
	}
	look := []exchange{
		ok("getblockchaininfo", "[]", info), ok("getblockhash", "[0]", genesis), ok("getnetworkinfo", "[]", `{"subversion":"/x/"}`),
	}
	unknown := no("gettransaction", `["`+txid+`"]`, `{"code":-5,"message":"Invalid or non-wallet transaction id"}`)
	tp := &tape{t: t, lines: slices.Concat(look, []exchange{
		unknown,
		no("sendrawtransaction", `["00"]`, `{"code":-25,"message":"bad-txns-inputs-missingorspent"}`),
		unknown,
	}, look)}
	tp.play()
	node := openBitcoind(t, chain.Config{Bitcoind: chain.BitcoindConfig{URL: tp.server.URL}})
	err := node.Broadcast(t.Context(), chain.Prepared{TxID: txid, Raw: []byte{0}})
	if !errors.Is(err, chain.ErrWarmingUp) || errors.Is(err, chain.ErrRefused) {
		t.Errorf("got %v", err)
	}
}
