package lightning

// What is fuzzed.
var (
	OutcomeOf = outcomeOf
	ReceiptOf = receiptOf
)

// ScanFor is what we read of an invoice ourselves.
func ScanFor(network, text string) (string, Hash, error) {
	lower, s, err := scanFor(network, text)
	return lower, s.hash, err
}
