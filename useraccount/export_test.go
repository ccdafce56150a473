package useraccount

// HashIn is HashPassword in as many rounds as a test has time for.
var HashIn = hashIn

// Waiting is how many wait for a query to end, to be answered by the next.
func (f *Finder) Waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == nil {
		return 0
	}
	return len(f.next.jids)
}
