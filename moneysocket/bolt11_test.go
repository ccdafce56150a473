package moneysocket_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/address/v2/bech32"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// recorded is an invoice of 2500 msat that a node made.
const recorded = "lnbc25n1p4spjn6pp5ux2pvcarpm6jsukhqsc08ldewaljnc83sv9rkv6peu0cpwq35fhssp57dd2ry5f2uva8nkx554s2u2ds38hexcdrp67cz7tnkf6j7fdvy2s" +
	"dq8w3jhxaqxqrrss9qrsgqp9ghw2pcsnysl7adwhnhu2z3q7drhkrelx2vxk3kslmtwj3kf3lj7xkt3204tlsn5w5wt7g9s4qfckd6adx9rqh640txmfyyaqg8cqsqnva0de"

// again is the recorded invoice with another front.
func again(front string) string {
	_, groups, _ := bech32.DecodeNoLimit(recorded)
	text, _ := bech32.Encode(front, groups)
	return text
}

func TestParseInvoice(t *testing.T) {
	const hash = "e1941663a30ef52872d70430f3fdb9777f29e0f1830a3b3341cf1f80b811a26f"
	for front, want := range map[string]amount.Msat{
		"lnbc25n": 2500, "lnbc": 0, "lnbcrt1m": 100_000_000, "lnbc2500u": 250_000_000, "lnbc10p": 1, "lnbc1": 100_000_000_000, "lnbc21000000": amount.Max,
		"lntbs20p": 2,
	} {
		i, err := moneysocket.ParseInvoice(again(front))
		if err != nil || i.Amount != want || i.Hash != hash {
			t.Errorf("%s: got %+v, %v, want %d", front, i, err, want)
		}
		if !strings.HasPrefix(front, "ln"+i.Network) {
			t.Errorf("%s: got network %s", front, i.Network)
		}
	}
	for name, text := range map[string]string{
		"a flipped letter":        strings.Replace(recorded, "ux2p", "ux2q", 1),
		"in capitals":             strings.ToUpper(recorded),
		"a part of a msat":        again("lnbc1p"),
		"more than there is":      again("lnbc21000001"),
		"much more":               again("lnbc999999999999m"),
		"more digits than needed": again("lnbc1000000000000p"),
		"a zero in front":         again("lnbc025n"),
		"no digits":               again("lnbc1x"),
		"another multiplier":      again("lnbc25k"),
		"another protocol":        again("xxbc25n"),
		"cut off":                 recorded[:100],
		"nothing":                 "",
		"no fields":               short(111),
		"a field that is cut off": short(115),
	} {
		if i, err := moneysocket.ParseInvoice(text); err == nil {
			t.Errorf("%s: got %+v", name, i)
		}
	}
}

// short is an invoice of so many groups, all of them ones.
func short(groups int) string {
	data := make([]byte, groups)
	for i := range data {
		data[i] = 1
	}
	text, err := bech32.Encode("lnbc25n", data)
	if err != nil {
		return fmt.Sprint(err)
	}
	return text
}
