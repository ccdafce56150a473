package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeConfig writes the least configuration that there can be, with the XMPP
// server and the database that are named. Nobody is at the node's address.
func writeConfig(t *testing.T, config, database, server string) {
	t.Helper()
	text := strings.NewReplacer("FILE", database, "SERVER", server).Replace(`
[xmpp]
domain = "bitcoin.example.org"
server = "SERVER"
secret = "secret"
[database]
driver = "sqlite"
file = "FILE"
[chain]
backend = "bitcoind"
network = "regtest"
[bitcoind]
url = "http://127.0.0.1:1"
wallet = "w"
user = "u"
password = "p"
`)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A path that is mistyped must not look like a gateway without users, or like
// a backup of one.
func TestOnlyUpgradeMakesADatabase(t *testing.T) {
	dir := t.TempDir()
	file, config := filepath.Join(dir, "data", "bitcoim.db"), filepath.Join(dir, "bitcoim.toml")
	writeConfig(t, config, file, "127.0.0.1:1")
	copied := filepath.Join(dir, "copy.db")
	for _, verb := range []string{"serve", "audit", "audit -world", "user list", "order list", "order stuck", "db status", "db plan", "db verify",
		"backup " + copied} {
		var out, errs bytes.Buffer
		err := run(t.Context(), append([]string{"-config", config}, strings.Fields(verb)...), &out, &errs)
		if err == nil || !strings.Contains(err.Error(), "is database.file right? If this is a new gateway: bitcoim db upgrade makes it") {
			t.Errorf("%s: got %v\n%s%s", verb, err, out.String(), errs.String())
		}
		for _, made := range []string{filepath.Dir(file), copied} {
			if _, err := os.Stat(made); !os.IsNotExist(err) {
				t.Fatalf("%s made %s (%v)", verb, made, err)
			}
		}
	}
	var out, errs bytes.Buffer
	err := run(t.Context(), []string{"-config", config, "db", "upgrade"}, &out, &errs)
	if err == nil || !strings.Contains(err.Error(), filepath.Dir(file)) {
		t.Errorf("without the folder: got %v", err)
	}
	if _, err := os.Stat(filepath.Dir(file)); !os.IsNotExist(err) {
		t.Fatalf("db upgrade made the folder (%v)", err)
	}
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-config", config, "db", "upgrade"}, &out, &errs); err != nil {
		t.Errorf("got %v\n%s%s", err, out.String(), errs.String())
	}
	if err := run(t.Context(), []string{"-config", config, "db", "verify"}, &out, &errs); err != nil {
		t.Errorf("got %v\n%s%s", err, out.String(), errs.String())
	}
}

// What a verb does not know it does not pass over: it would check another
// file than the one that was named.
func TestArgumentsAreNotPassedOver(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "bitcoim.toml")
	for _, tt := range []struct {
		line, says string
		want       error
	}{
		{"check -config " + missing, "usage: bitcoim check\n         check the configuration and dial everything in it\n", errUsage},
		{"serve now", "usage: bitcoim serve", errUsage},
		{"chekc", `what is "chekc"?`, errUsage},
	} {
		var out, errs bytes.Buffer
		if err := run(t.Context(), strings.Fields(tt.line), &out, &errs); !errors.Is(err, tt.want) || !strings.Contains(errs.String(), tt.says) {
			t.Errorf("%s: got %v\n%s", tt.line, err, errs.String())
		}
	}
	var out, errs bytes.Buffer
	err := run(t.Context(), []string{"-config", missing, "check"}, &out, &errs)
	if c, ok := errors.AsType[coded](err); !ok || c.code != wrongConfig || !strings.Contains(err.Error(), "bitcoim config -example") {
		t.Errorf("without a configuration: got %v", err)
	}
}
