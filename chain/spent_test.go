package chain_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/chain/chaintest"
	"github.com/bitcoim/bitcoim/internal/sandbox/nodes"
)

// TestBitcoindSpent holds the contract about one transaction that was sent against a real
// bitcoind where there is one.
func TestBitcoindSpent(t *testing.T) {
	path, ok := nodes.Bitcoind()
	if !ok {
		t.Skip("no bitcoind in $BITCOIND or $PATH")
	}
	chaintest.RunSpent(t, func(t *testing.T) chaintest.Bench {
		c := startBitcoind(t, path)
		return bitcoindBench(t, c.RPC.Host, c)
	})
}

func TestLNDSpent(t *testing.T) {
	chaintest.RunSpent(t, lndBench)
}

// What a real bitcoind once said of payments to a stranger is read whole. The same answer
// about another transaction, or one that says more than the transaction pays, is refused.
func TestBitcoindSpentRecorded(t *testing.T) {
	recorded(t, sentTape, func(t *testing.T, file string) {
		paid, ask := asSpent(t, file)
		as := func(b []byte) []byte { return b }
		s, p, err := ask(paid, as)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Paid) != 1 || s.Paid[0].Address != stranger || s.Paid[0].Amount < 1000*amount.Sat || s.Inside || p.TxID != paid || len(p.Inputs) == 0 ||
			p.Fee <= 0 || p.Fee != s.Amount-s.Paid[0].Amount {
			t.Errorf("got %+v %+v", s, p)
		}
		if _, _, err := ask(strings.Repeat("ab", 32), as); !errors.Is(err, chain.ErrWrongTx) {
			t.Errorf("the transaction is another one: %v", err)
		}
		more := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`"amount":-0.0`), []byte(`"amount":-1.0`)) }
		if _, _, err := ask(paid, more); !errors.Is(err, chain.ErrWrongTx) {
			t.Errorf("it does not pay so much: %v", err)
		}
	})
}

// asSpent asks a bitcoind for one transaction that was sent: it answers what a recording of a
// payment to a stranger does, once change has been at it.
func asSpent(t *testing.T, file string) (paid string, ask func(txid string, change func([]byte) []byte) (chain.Sent, chain.Prepared, error)) {
	t.Helper()
	told := map[string]json.RawMessage{}
	for _, x := range lines(t, file) {
		var p []string
		if x.Ask != "gettransaction" {
			if _, known := told[x.Ask]; !known {
				told[x.Ask] = x.Answer
			}
		} else if paid == "" && json.Unmarshal(x.Params, &p) == nil && strings.Contains(string(x.Answer), `"send"`) {
			paid, told[x.Ask] = p[0], x.Answer
		}
	}
	if paid == "" {
		t.Fatal("nothing was sent in the recording")
	}
	return paid, func(txid string, change func([]byte) []byte) (chain.Sent, chain.Prepared, error) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var q struct {
				Method string
				ID     json.RawMessage
			}
			if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
				t.Error(err)
			}
			answer := []byte(told[q.Method])
			if q.Method == "gettransaction" {
				answer = change(answer)
			}
			if err := json.NewEncoder(w).Encode(map[string]any{"id": q.ID, "result": json.RawMessage(answer), "error": nil}); err != nil {
				t.Error(err)
			}
		}))
		defer server.Close()
		return bitcoindBench(t, server.URL, nil).Node.Spent(t.Context(), txid)
	}
}

// lines are those of a recording.
func lines(t *testing.T, file string) (all []exchange) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(z); ; {
		var x exchange
		if err := d.Decode(&x); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
}
