package chain_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
)

// keysOf are the keys of a wallet of bitcoind with these descriptors.
func keysOf(t *testing.T, descs ...string) []string {
	t.Helper()
	var list []map[string]string
	for _, d := range descs {
		list = append(list, map[string]string{"desc": d})
	}
	says := map[string]any{
		"getblockchaininfo": map[string]any{"blocks": 1, "headers": 1, "bestblockhash": "00", "initialblockdownload": false},
		"getblockhash":      "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
		"getnetworkinfo":    map[string]any{"subversion": "/Satoshi:31.99.0/"},
		"listdescriptors":   map[string]any{"wallet_name": "w", "descriptors": list},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			ID     json.RawMessage
			Method string
		}
		_ = json.NewDecoder(r.Body).Decode(&ask)
		answer, err := json.Marshal(says[ask.Method])
		if err != nil {
			t.Error(err)
		}
		fmt.Fprintf(w, `{"result":%s,"error":null,"id":%s}`, answer, ask.ID)
	}))
	defer s.Close()
	n, err := chain.Open(context.Background(), chain.Config{Kind: "bitcoind", Network: "regtest",
		Bitcoind: chain.BitcoindConfig{URL: s.URL, User: "u", Password: "p", Wallet: "w"}})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	keys, err := n.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// Bitcoin Core wrote a hardened step of a descriptor as 84' up to 25 and writes 84h since.
// It is one wallet before and after the upgrade, and a database that knows it by what it
// was called before knows it again. An extended key may have such letters, and keeps them.
func TestAWalletHasTheSameKeysHoweverAStepIsWritten(t *testing.T) {
	const primes, letters = "wpkh([d34db33f/84'/1'/0']tpub8h1hh/0/*')#aaaaaaaa", "wpkh([d34db33f/84h/1h/0h]tpub8h1hh/0/*h)#bbbbbbbb"
	was := map[string]string{primes: "144a07be91eabb2d", letters: "05fd4ae1472e5686", "wpkh([d34db33f/84h/1'/0h]tpub8h1hh/0/*)": "2ea47a250ae562fe"}
	for desc, key := range was {
		if keys := keysOf(t, desc); !slices.Contains(keys, key) || !slices.IsSorted(keys) {
			t.Errorf("%s: got %q, want its key of before, %s", desc, keys, key)
		}
	}
	before, after := keysOf(t, primes), keysOf(t, letters)
	if !slices.Equal(before, after) || len(before) != 2 {
		t.Errorf("known by %q, and after an upgrade of the node by %q", before, after)
	}
	for _, other := range []string{"wpkh([d34db33f/84h/1h/1h]tpub8h1hh/0/*h)", strings.Replace(letters, "tpub8h", "tpub8'", 1)} {
		if keys := keysOf(t, other); slices.ContainsFunc(keys, func(k string) bool { return slices.Contains(after, k) }) {
			t.Errorf("%s has keys of another wallet: %q", other, keys)
		}
	}
}
