// Gendocs writes the pages of docs/ that say what the code says: the commands
// and the states of an order. With -check it writes nothing and fails if a
// page is not as it would be written.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bitcoim/bitcoim/i18n"
)

func main() {
	dir := flag.String("dir", "docs", "folder of the pages")
	check := flag.Bool("check", false, "compare, and write nothing")
	flag.Parse()
	if err := run(*dir, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

// pages are the files and how each is made.
var pages = map[string]func(*i18n.Catalogue) (string, error){
	"commands.md":     commands,
	"order-states.md": orderStates,
}

func run(dir string, check bool) error {
	words, err := i18n.Load("")
	if err != nil {
		return err
	}
	var errs []error
	for name, page := range pages {
		path := filepath.Join(dir, name)
		want, err := page(words)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if !check {
			errs = append(errs, os.WriteFile(path, []byte(want), 0o644))
			continue
		}
		got, err := os.ReadFile(path)
		if err == nil && string(got) != want {
			err = fmt.Errorf("%s is not what the code says: run make generate", path)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
