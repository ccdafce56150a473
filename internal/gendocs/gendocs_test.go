package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDocsSayWhatTheCodeSays(t *testing.T) {
	if err := run("../../docs", true); err != nil {
		t.Error(err)
	}
}

func TestDriftIsFound(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir, true); err == nil {
		t.Error("pages that are missing passed")
	}
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "commands.md"), []byte("# Commands\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err == nil {
		t.Error("a page that somebody edited passed")
	}
}
