// Package needs skips, in `make unit`, the tests that start programs of other people.
package needs

import "testing"

// Programs is the first line of a test, or of what it calls, that starts a server, a node
// or a browser: `go test -short` has none of them.
func Programs(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: it starts programs of other people")
	}
}
