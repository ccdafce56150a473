package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/audit"
)

// What the database alone can prove is said while the node is away, and that the rest
// was not looked at.
func TestAuditWithoutTheNodeSaysWhatTheBooksProve(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "bitcoim.toml")
	writeConfig(t, config, filepath.Join(dir, "bitcoim.db"), "127.0.0.1:1")
	if err := run(t.Context(), []string{"-config", config, "db", "upgrade"}, &bytes.Buffer{}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := run(t.Context(), []string{"-config", config, "audit", "-world"}, &out, &out)
	if err == nil || !strings.HasPrefix(err.Error(), "the books could not be compared with the nodes: ") {
		t.Errorf("got %v", err)
	}
	if text := out.String(); !strings.Contains(text, "ok     all accounts together are zero\n") || strings.Contains(text, "in order") {
		t.Errorf("it says\n%s", text)
	}
	out.Reset()
	err = run(t.Context(), []string{"-config", config, "audit", "-world", "-json"}, &out, &bytes.Buffer{})
	var r audit.Report
	if wrong := json.Unmarshal(out.Bytes(), &r); err == nil || wrong != nil || r.World || len(r.Checked) == 0 {
		t.Errorf("in JSON (%v, %v): %s", err, wrong, out.String())
	}
}
