package lightning_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
)

// FuzzLNDReply reads anything as LND's answers. Nothing is paid, or has come,
// without a proof or beyond all the money there is.
func FuzzLNDReply(f *testing.F) {
	preimage := strings.Repeat("11", 32)
	raw, _ := hex.DecodeString(preimage)
	hash := fmt.Sprintf("%x", sha256.Sum256(raw))
	for _, s := range []string{
		`{"payment_hash":"` + hash + `","payment_preimage":"` + preimage + `","value_msat":"1000","fee_msat":"1","status":"SUCCEEDED"}`,
		`{"payment_hash":"` + hash + `","payment_preimage":"` + strings.Repeat("0", 64) + `","value_msat":"1000","status":"FAILED","failure_reason":"FAILURE_REASON_NO_ROUTE"}`,
		`{"payment_hash":"` + hash + `","payment_preimage":"` + preimage + `","value_msat":"1000","fee_msat":"1","status":"SUCCEEDED","failure_reason":"","payment_index":"1","creation_time_ns":"1","htlcs":[]}`,
		`{"payment_hash":"` + hash + `","status":"IN_FLIGHT"}`, `{"payment_hash":"` + hash + `","status":5}`,
		`{"memo":"tea","r_preimage":"EREREREREREREREREREREREREREREREREREREREREREREREREREREQ==","r_hash":"` +
			`AtRJo/ut+5NbM+QbTDNDGSnEzUkBQXKLN1INO4Z16gY=","settle_index":"7","amt_paid_msat":"1000","state":"SETTLED","settle_date":"1700000000"}`,
		`{"state":"OPEN","r_hash":""}`, `{"state":"SETTLED","amt_paid_msat":"-1"}`, `null`, `[]`, `{"value_msat":1e3}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := lightning.OutcomeOf(text)
		switch {
		case err != nil && o != lightning.Outcome{}:
			t.Errorf("an error and %+v", o)
		case o.State == lightning.Succeeded && sha256.Sum256(o.Preimage[:]) != o.Hash:
			t.Errorf("paid without proof: %+v", o)
		case o.State != lightning.Succeeded && o.Preimage != lightning.Preimage{}:
			t.Errorf("a proof of nothing: %+v", o)
		case o.Amount < 0 || o.Amount > amount.Max || o.Fee < 0 || o.Fee > amount.Max:
			t.Errorf("impossible: %+v", o)
		}
		r, ok, err := lightning.ReceiptOf(text)
		if ok && (err != nil || r.Amount < 0 || r.Amount > amount.Max) {
			t.Errorf("got %+v (%v)", r, err)
		}
	})
}

// FuzzBolt11 reads anything as an invoice. What is read is the same in either
// case, and no single-use field is in it twice.
func FuzzBolt11(f *testing.F) {
	for _, s := range real {
		f.Add(s)
	}
	f.Add(lost(f, "bcrt", 1000))
	f.Add(craft(f, "lnbcrt1m", hashField(), hashField(), secretField(), features))
	f.Add("lnbcrt1/../../v1/getinfo?" + lost(f, "bcrt", 1000)[6:])
	f.Add("lnbcrt1" + strings.Repeat("q", 117))
	f.Fuzz(func(t *testing.T, text string) {
		for _, network := range []string{"mainnet", "signet", "testnet4", "regtest"} {
			lower, hash, err := lightning.ScanFor(network, text)
			if err != nil {
				continue
			}
			if strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
				t.Errorf("%q is no invoice", lower)
			}
			again, other, err := lightning.ScanFor(network, strings.ToUpper(text))
			if err != nil || again != lower || other != hash {
				t.Errorf("in capitals: %v %q %v", other, again, err)
			}
			if n := hashes(lower); n != 1 {
				t.Errorf("%d payment hashes in %q", n, lower)
			}
		}
	})
}

// hashes counts the payment hashes by another way than the one tested: over
// the text, backwards from nothing.
func hashes(text string) (n int) {
	data := text[strings.LastIndexByte(text, '1')+1:]
	data = data[7 : len(data)-110]
	for len(data) > 0 {
		size := strings.IndexByte(letters, data[1])*32 + strings.IndexByte(letters, data[2])
		if data[0] == 'p' {
			n++
		}
		data = data[3+size:]
	}
	return n
}

// real are the examples of BOLT 11, with the hash that all of them pay.
var real = []string{
	"lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql",
	"lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh",
	"lntb20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygshp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqfpp3x9et2e20v6pu37c5d9vax37wxq72un989qrsgqdj545axuxtnfemtpwkc45hx9d2ft7x04mt8q7y6t0k2dge9e7h8kpy9p34ytyslj3yu569aalz2xdk8xkd7ltxqld94u8h2esmsmacgpghe9k8",
}

func TestBolt11Examples(t *testing.T) {
	const want = "0001020304050607080900010203040506070809000102030405060708090102"
	for i, network := range []string{"mainnet", "mainnet", "testnet4"} {
		if _, hash, err := lightning.ScanFor(network, real[i]); err != nil || hash.String() != want {
			t.Errorf("example %d: got %v (%v)", i, hash, err)
		}
		for _, other := range []string{"mainnet", "signet", "testnet4", "regtest"} {
			if _, _, err := lightning.ScanFor(other, real[i]); (err == nil) != (other == network) {
				t.Errorf("example %d on %s: %v", i, other, err)
			}
		}
	}
}
