package nodetest

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// Main runs the tests of a package, then the ends of what they shared, and fails
// if one fails or a goroutine is left.
func Main(m *testing.M, ends ...func() error) { dbtest.Main(run{m, ends}) }

type run struct {
	tests *testing.M
	ends  []func() error
}

func (r run) Run() int {
	code := r.tests.Run()
	// PostgreSQL, which ends behind us, has a goroutine to wait for it.
	left := func() error {
		return goleak.Find(goleak.IgnoreAnyFunction("github.com/bitcoim/bitcoim/internal/sandbox/child.Start.func1"))
	}
	for _, end := range append(r.ends, left) {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}
