package moneysocket

import (
	"encoding/hex"
	"errors"

	"github.com/bitcoim/bitcoim/bolt11"
)

// Invoice is what the front of a BOLT 11 invoice says, as far as its checksum
// holds. Its signature is not checked: only a node decides whether an invoice
// is good.
type Invoice struct {
	Network string // "bc", "bcrt", "tb", "tbs"
	Amount  Msat   // 0 if it names none
	Hash    string // payment hash, 64 hex digits
}

// errInvoice is told to peers, who need not hear more.
var errInvoice = errors.New("not a bolt11 invoice")

// ParseInvoice reads the network, the amount and the payment hash of a BOLT 11
// invoice in lower case, and checks its checksum.
func ParseInvoice(text string) (Invoice, error) {
	i, err := bolt11.ParseUnverified(text)
	if err != nil || i.Text != text {
		return Invoice{}, errInvoice
	}
	return Invoice{Network: i.Network, Amount: Msat(i.Msat), Hash: hex.EncodeToString(i.Hash[:])}, nil
}
