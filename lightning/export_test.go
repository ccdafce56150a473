package lightning

import "encoding/json"

// What is fuzzed.
var (
	OutcomeOf = outcomeOf
	ReceiptOf = receiptOf
)

// ScanFor is what we read of an invoice ourselves.
func ScanFor(network, text string) (string, Hash, error) {
	i, err := scanFor(network, text)
	return i.Text, i.Hash, err
}

// PaysTo reads a payment of LND, and whether its payee has the key.
func PaysTo(text, pubKey string) (bool, error) {
	var p lndPayment
	err := json.Unmarshal([]byte(text), &p)
	return p.to(pubKey), err
}
