package lightning_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/answer"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/lnd"
)

// LND says zeros, too. What it does not say is nothing that it knows, and a zero in
// its place would be believed: a fee of nothing, a payment that nobody lists.
func TestNoZeroStandsForWhatLNDDoesNotSay(t *testing.T) {
	raw := []byte(strings.Repeat("p", 32))
	sum := sha256.Sum256(raw)
	payment := map[string]any{"payment_hash": hex.EncodeToString(sum[:]), "payment_preimage": hex.EncodeToString(raw), "value_msat": "1000",
		"fee_msat": "1", "status": "SUCCEEDED", "failure_reason": "FAILURE_REASON_NONE", "payment_index": "7",
		"creation_time_ns": "1700000000000000000", "htlcs": []any{map[string]any{"status": "IN_FLIGHT", "route": nil}}}
	invoice := map[string]any{"memo": "tea", "r_preimage": base64.StdEncoding.EncodeToString(raw), "r_hash": base64.StdEncoding.EncodeToString(sum[:]),
		"value_msat": "1000", "creation_date": "1700000000", "settle_date": "1700000001", "payment_request": "lnbcrt1", "description_hash": "",
		"expiry": "3600", "cltv_expiry": "80", "settle_index": "7", "amt_paid_msat": "1000", "state": "SETTLED", "is_keysend": false, "is_amp": false}
	reads := func(whole map[string]any, read func(text []byte) error) {
		t.Helper()
		without := func(name string) []byte {
			part := map[string]any{"more": "that newer nodes say"}
			for k, v := range whole {
				if k != name {
					part[k] = v
				}
			}
			text, err := json.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		if err := read(without("")); err != nil {
			t.Errorf("the whole is refused: %v", err)
		}
		for name := range whole {
			err := read(without(name))
			if !errors.Is(err, answer.ErrIncomplete) || !errors.Is(err, lightning.ErrUnreachable) || !strings.Contains(err.Error(), name) {
				t.Errorf("without %s: got %v", name, err)
			}
		}
	}
	reads(payment, func(text []byte) error {
		o, err := lightning.OutcomeOf(text)
		if err == nil && (o.State != lightning.Succeeded || o.Fee != 1 || o.Attempt != 7) {
			t.Errorf("got %+v", o)
		}
		return err
	})
	reads(invoice, func(text []byte) error {
		r, ok, err := lightning.ReceiptOf(text)
		if err == nil && (!ok || r.Amount != 1000 || r.SettleIndex != 7) {
			t.Errorf("got %+v, %v", r, ok)
		}
		return err
	})
}

// What LND leaves out of an answer is asked of it through the reader, too: who it is, what
// it holds, and where a page ends.
func TestNoZeroStandsForWhatLNDLeavesOut(t *testing.T) {
	const info = `{"version":"0.20.1-beta","alias":"","identity_pubkey":"02KEY","block_height":100,"synced_to_chain":true,` +
		`"synced_to_graph":true,"best_header_timestamp":"1800000000","chains":[{"chain":"bitcoin","network":"regtest"}]}`
	whole := map[string]string{
		"/v1/getinfo": strings.Replace(info, "KEY", strings.Repeat("ab", 32), 1),
		"/v1/balance/channels": `{"local_balance":{"msat":"1"},"remote_balance":{"msat":"1"},"unsettled_local_balance":{"msat":"1"},` +
			`"unsettled_remote_balance":{"msat":"1"},"pending_open_local_balance":{"msat":"1"}}`,
		"/v1/channels/pending": `{"total_limbo_balance":"1"}`,
		"/v1/invoices":         `{"invoices":[],"last_index_offset":"0"}`,
		"/v1/payments":         `{"payments":[],"last_index_offset":"0"}`,
	}
	macaroon := filepath.Join(t.TempDir(), "m")
	if err := os.WriteFile(macaroon, []byte{2, 1}, 0o600); err != nil {
		t.Fatal(err)
	}
	asks := func(t *testing.T, path, says string) error {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path {
				_, _ = w.Write([]byte(says))
				return
			}
			_, _ = w.Write([]byte(whole[r.URL.Path]))
		}))
		defer server.Close()
		n, err := lightning.Open(t.Context(), lightning.Config{Kind: "lnd", Network: "regtest", LND: lnd.Config{URL: server.URL, MacaroonFile: macaroon}})
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		_, info := n.Info(t.Context())
		_, balance := n.Balance(t.Context())
		_, _, received := n.Received(t.Context(), 0, 10)
		_, _, paid := n.Paid(t.Context(), 0, 10)
		return errors.Join(info, balance, received, paid)
	}
	if err := asks(t, "", ""); err != nil {
		t.Fatalf("the whole is refused: %v", err)
	}
	for path, field := range map[string]string{
		"/v1/getinfo": "identity_pubkey", "/v1/balance/channels": "unsettled_remote_balance", "/v1/channels/pending": "total_limbo_balance",
		"/v1/invoices": "last_index_offset", "/v1/payments": "last_index_offset",
	} {
		without := strings.Replace(whole[path], field, "another", 1)
		if err := asks(t, path, without); !errors.Is(err, lightning.ErrUnreachable) {
			t.Errorf("%s without %s: got %v", path, field, err)
		}
	}
}
