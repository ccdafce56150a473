package moneysocket_test

import (
	"strings"
	"testing"

	"github.com/btcsuite/btcd/address/v2/bech32"

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
	if i, err := moneysocket.ParseInvoice(recorded); err != nil || i.Amount != 2500 || i.Hash != hash || i.Network != "bc" {
		t.Errorf("got %+v, %v", i, err)
	}
	for name, text := range map[string]string{
		"a flipped letter": strings.Replace(recorded, "ux2p", "ux2q", 1),
		"in capitals":      strings.ToUpper(recorded),
		"cut off":          recorded[:100],
		"nothing":          "",
	} {
		if i, err := moneysocket.ParseInvoice(text); err == nil {
			t.Errorf("%s: got %+v", name, i)
		}
	}
}
