// Package browsertest starts browsers for tests.
package browsertest

import (
	"testing"

	"github.com/bitcoim/bitcoim/internal/sandbox/browser"
	"github.com/bitcoim/bitcoim/internal/sandbox/needs"
)

// Start starts a browser that runs until the test ends. Where there is none, the
// test is skipped.
func Start(t testing.TB) *browser.Browser {
	t.Helper()
	needs.Programs(t)
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
	b, err := browser.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}
