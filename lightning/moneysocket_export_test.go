package lightning

// What is fuzzed.
var (
	ReasonOf = reasonOf
	Decoded  = decoded
)

// ParseJournal reads a journal as far as it is whole.
func ParseJournal(text []byte) (paid []Outcome, receipts []Receipt, end int, err error) {
	b, end, err := parseJournal(text)
	if err != nil {
		return nil, nil, end, err
	}
	for p := range b.listed(0, len(b.order)) {
		paid = append(paid, p.Outcome)
	}
	return paid, b.receipts, end, nil
}

// FillDisk makes all writing to the journal fail, until free is called.
func FillDisk(n Node) (free func()) {
	s := n.(*socketNode)
	s.mu.Lock()
	defer s.mu.Unlock()
	real := s.file
	s.file = &journal{file: real.file, end: -1} // where nothing can be written
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.file = real
	}
}

// TakeForReady makes a backend believe that its provider is there.
func TakeForReady(n Node) {
	s := n.(*socketNode)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
}
