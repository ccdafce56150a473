package db

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
)

//go:embed migrations
var files embed.FS

// Step is one migration: a file of SQL, run in one transaction.
type Step struct {
	Version  int
	Name     string
	SQL      string
	Checksum string // SHA-256 of SQL, hex
}

var stepName = regexp.MustCompile(`^(\d{4})_([a-z0-9_]+)\.sql$`)

// Steps lists the migrations of an engine in order. A file that is not a
// step is an error: a migration nobody runs must not go unseen.
func Steps(d Dialect) ([]Step, error) {
	return steps(files, "migrations/"+d.String())
}

func steps(from fs.FS, dir string) ([]Step, error) {
	entries, err := fs.ReadDir(from, dir)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	var all []Step
	for i, e := range entries {
		m := stepName.FindStringSubmatch(e.Name())
		if m == nil {
			return nil, fmt.Errorf("db: %s/%s is not a migration (0001_name.sql)", dir, e.Name())
		}
		v, err := strconv.Atoi(m[1])
		if err != nil || v != i+1 {
			return nil, fmt.Errorf("db: %s/%s should be number %d", dir, e.Name(), i+1)
		}
		text, err := fs.ReadFile(from, dir+"/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("db: %w", err)
		}
		sum := sha256.Sum256(text)
		all = append(all, Step{Version: v, Name: m[2], SQL: string(text), Checksum: hex.EncodeToString(sum[:])})
	}
	return all, nil
}
