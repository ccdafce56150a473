package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/lightning"
)

// What a Terminus says of payments: the answer of terminus-cli getaccountreceipts
// (terminus/app.py, terminus/receipts.py), and the lines of its log when nobody is
// there to be told (node_received_payment_cb, add_receipt_entry).
const (
	terminusReceipts = `{
 "name": "account-0",
 "receipts": [
  [
   {"time": 1606000003.5, "type": "session_end"},
   {"increment": false, "preimage": "%s", "time": 1606000002.5, "type": "preimage_notified", "wad": {"msats": 5012}},
   {"bolt11": "lnbcrt1", "time": 1606000001.5, "type": "pay_request", "wad": {"msats": 5000}},
   {"time": 1606000000.5, "type": "session_start"}
  ]
 ],
 "success": true
}`
	terminusLog = `INFO:root:node received payment: %s ₿ 7.000 sats
INFO:root:not keeping receipt: 0102030405060708090a0b0c0d0e0f10 {'type': 'preimage_notified', 'time': 1606000002.5, 'preimage': '%s', 'increment': True, 'wad': x}
INFO:root:an invoice with r_preimage %s
`
)

func TestReceiptsOfATerminus(t *testing.T) {
	proof := func(c string) (string, lightning.Preimage) {
		text := strings.Repeat(c, 64)
		h, err := lightning.ParseHash(text)
		if err != nil {
			t.Fatal(err)
		}
		return text, lightning.Preimage(h)
	}
	paid, p := proof("1")
	came, c := proof("2")
	open, o := proof("3")
	journal := filepath.Join(t.TempDir(), "journal")
	notes := fmt.Sprintf(`{"what":"journal","at":1600000000}
{"what":"begun","at":1606000000,"hash":"%s","msat":5000,"expires":%d}
{"what":"invoice","at":1606000000,"hash":"%s","msat":7000}
{"what":"invoice","at":1606000000,"hash":"%s","msat":8000}
`, p.Hash(), time.Now().Unix(), c.Hash(), o.Hash())
	if err := os.WriteFile(journal, []byte(notes), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"receipts", fmt.Sprintf(terminusReceipts, paid), fmt.Sprintf("paid      %s\n1 preimages read, 1 were news\n", p.Hash())},
		{"a log", fmt.Sprintf(terminusLog, came, came, open), fmt.Sprintf("received  %s\n2 preimages read, 1 were news\n", c.Hash())},
		{"the same again", fmt.Sprintf(terminusLog, came, came, open), "2 preimages read, 0 were news\n"},
		{"a preimage by hand", open + "\n", fmt.Sprintf("received  %s\n1 preimages read, 1 were news\n", o.Hash())},
	} {
		path := filepath.Join(t.TempDir(), "said")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := run(t.Context(), []string{"moneysocket", "receipts", journal, path}, &out, new(bytes.Buffer)); err != nil || out.String() != tt.want {
			t.Errorf("%s: got %q (%v), want %q", tt.name, out.String(), err, tt.want)
		}
	}
	if err := run(t.Context(), []string{"moneysocket", "receipts", journal + "x", journal}, new(bytes.Buffer), new(bytes.Buffer)); err == nil {
		t.Error("a journal was begun")
	}
}
