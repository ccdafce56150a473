package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// Who ends an order says why: a payer reads it.
func TestOrderIsNotEndedWithoutAReason(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want error // nil is any other
	}{
		{[]string{"release", "12", ""}, errNoReason},
		{[]string{"release", "-i-have-checked", "12", " ", "\t"}, errNoReason},
		{[]string{"book", "12", "ab", ""}, errNoReason},
		{[]string{"release", "12"}, errUsage},
		{[]string{"book", "12", "ab"}, errUsage},
		{[]string{"release", "12", "why"}, nil},
		{[]string{"book", "12", "ab", "", "why"}, nil},
	} {
		config := filepath.Join(t.TempDir(), "bitcoim.toml")
		writeConfig(t, config, filepath.Join(filepath.Dir(config), "bitcoim.db"), "127.0.0.1:1")
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-config", config, "db", "upgrade"}, &out, &out); err != nil {
			t.Fatal(err)
		}
		err := run(t.Context(), append([]string{"-config", config, "order"}, tt.args...), &out, &out)
		known := errors.Is(err, errNoReason) || errors.Is(err, errUsage)
		if tt.want != nil && !errors.Is(err, tt.want) || tt.want == nil && (err == nil || known) {
			t.Errorf("%q: got %v, want %v", tt.args, err, tt.want)
		}
	}
}

// A flag that a verb would pass over is a mistake of who says it.
func TestOrderTakesNoFlagOfAnotherVerb(t *testing.T) {
	for _, tt := range []struct {
		line  string
		wrong bool
	}{
		{"list -fee-msat 7", true},
		{"list -i-have-checked", true},
		{"stuck -i-have-checked", true},
		{"release -fee-msat 0 12 why", true},
		{"release -i-have-checked 12 why", false},
		{"book -i-have-checked -fee-msat 7 12 ab why", false},
	} {
		var out bytes.Buffer
		args := append([]string{"-config", filepath.Join(t.TempDir(), "none"), "order"}, strings.Fields(tt.line)...)
		if err := run(t.Context(), args, &out, &out); errors.Is(err, errUsage) != tt.wrong {
			t.Errorf("%s: got %v", tt.line, err)
		}
	}
}
