package nodes

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// flags is the variable that has the flags of go build for nodes. The usual
// GOFLAGS are for our own program.
const flags = "TESTNODES_GOFLAGS"

// source finds a nested module above the working directory: tests run in their
// package's folder, the demo in the root.
func source(module string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		candidate := filepath.Join(dir, "internal", module)
		mod, err := os.ReadFile(filepath.Join(candidate, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module github.com/bitcoim/bitcoim/internal/"+module+"\n") {
			return candidate, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("build nodes: internal/%s not found: run this inside bitcoim's source tree", module)
		}
		dir = filepath.Dir(dir)
	}
}

// cache names the folder for what source builds. All that decides the result
// is in the name, so what is there is never stale.
func cache(module, source string) (string, error) {
	sum := sha256.New()
	for _, name := range []string{"go.sum", "go.mod"} {
		b, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", err
		}
		sum.Write(b)
	}
	fmt.Fprint(sum, os.Getenv(flags), tags, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	base = filepath.Join(base, "bitcoim")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	return filepath.Join(base, fmt.Sprintf("%s-%x", module, sum.Sum(nil)[:8])), nil
}
