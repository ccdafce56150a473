package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestANodeThatWasNeverTried(t *testing.T) {
	for _, tt := range []struct {
		kind, version string
		warned        bool
	}{
		{"bitcoind", "Satoshi:29.0.0", false},
		{"bitcoind", "Satoshi:31.99.0", false},
		{"bitcoind", "Satoshi:31.1.0(a comment of 99)", false},
		{"bitcoind", "Satoshi:32.0.0", true},
		{"bitcoind", "Satoshi:3.1.0", true},
		{"bitcoind", "Satoshi:0.21.1", true},
		{"bitcoind", "a version without a number", true},
		{"bitcoind", "", true},
		{"lnd", "0.20.1-beta commit=v0.20.1-beta", false},
		{"lnd", "0.21.3-beta commit=", false},
		{"lnd", "0.22.0-beta commit=", true},
		{"lnd", "1.0.0", true},
		{"moneysocket", "0", false},
	} {
		said := untried(tt.kind, tt.version)
		if warned := strings.Contains(said, "warning") && strings.Contains(said, tt.kind); warned != tt.warned || !tt.warned && said != "" {
			t.Errorf("%s %q: got %q", tt.kind, tt.version, said)
		}
	}
}

// What is said to be tried is what tests run on, no less and no more.
func TestTriedIsWhatWasTried(t *testing.T) {
	got := map[string]bool{}
	folders, err := filepath.Glob("../../chain/testdata/bitcoind/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		major, _, _ := strings.Cut(filepath.Base(f), ".")
		got["bitcoind "+major] = true
	}
	required := regexp.MustCompile(`(?m)^\s*(?:require )?github\.com/lightningnetwork/lnd v([0-9]+\.[0-9]+)\.`)
	for _, module := range []string{"testnodes", "newnodes"} {
		text, err := os.ReadFile(filepath.Join("../../internal", module, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		m := required.FindSubmatch(text)
		if m == nil {
			t.Fatalf("%s builds no LND", module)
		}
		got["lnd "+string(m[1])] = true
	}
	for kind, versions := range tried {
		for _, v := range versions {
			if !got[kind+" "+v] {
				t.Errorf("%s %s is said to be tried, and nothing runs on it", kind, v)
			}
			delete(got, kind+" "+v)
		}
	}
	for left := range got {
		t.Errorf("%s is run, and not said to be tried", left)
	}
	text, err := os.ReadFile("../../docs/OPERATING.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range slices.Concat(tried["bitcoind"], tried["lnd"]) {
		if !strings.Contains(string(text), "| "+v) {
			t.Errorf("docs/OPERATING.md does not say how %s was tried", v)
		}
	}
}
