package nodes

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// module is the first line of the nested module's go.mod.
const module = "module github.com/bitcoim/bitcoim/internal/testnodes\n"

// source finds the nested module above the working directory: tests run in
// their package's folder, the demo in the root.
func source() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		candidate := filepath.Join(dir, "internal", "testnodes")
		mod, err := os.ReadFile(filepath.Join(candidate, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), module) {
			return candidate, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("build nodes: internal/testnodes not found: run this inside bitcoim's source tree")
		}
		dir = filepath.Dir(dir)
	}
}

// cache names the folder for what source builds. All that decides the result
// is in the name, so what is there is never stale.
func cache(source string) (string, error) {
	sum := sha256.New()
	for _, name := range []string{"go.sum", "go.mod"} {
		b, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", err
		}
		sum.Write(b)
	}
	fmt.Fprint(sum, tags, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	base = filepath.Join(base, "bitcoim")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	return filepath.Join(base, fmt.Sprintf("testnodes-%x", sum.Sum(nil)[:8])), nil
}
