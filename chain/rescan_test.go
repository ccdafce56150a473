package chain_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/chain"
)

// What Bitcoin Core says of a wallet that reads old blocks (wallet/rpc/wallet.cpp:
// scanning is false, or an object).
func TestBitcoindSaysThatItRescans(t *testing.T) {
	for said, want := range map[string]struct{ scans, fails bool }{
		`{"walletname":"w","scanning":false}`:                          {},
		`{"walletname":"w","scanning":{"duration":3,"progress":0.25}}`: {scans: true},
		`{"walletname":"w"}`:                                           {fails: true},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var ask struct {
				ID     json.RawMessage
				Method string
			}
			if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
				t.Error(err)
			}
			answer := said
			switch ask.Method {
			case "getblockchaininfo":
				answer = `{"blocks":1,"headers":1,"bestblockhash":"00","initialblockdownload":false}`
			case "getblockhash":
				answer = `"0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"`
			case "getnetworkinfo":
				answer = `{"subversion":"/Satoshi:31.99.0/"}`
			}
			fmt.Fprintf(w, `{"result":%s,"error":null,"id":%s}`, answer, ask.ID)
		}))
		n, err := chain.Open(t.Context(), chain.Config{Kind: "bitcoind", Network: "regtest",
			Bitcoind: chain.BitcoindConfig{URL: "http://" + strings.TrimPrefix(s.URL, "http://"), User: "u", Password: "p", Wallet: "w"}})
		if err != nil {
			t.Fatal(err)
		}
		if scans, err := n.Rescans(t.Context()); scans != want.scans || (err != nil) != want.fails {
			t.Errorf("%s: it rescans: %v (%v)", said, scans, err)
		}
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		s.Close()
	}
}
