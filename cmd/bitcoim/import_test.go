package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oldGateway = `
CREATE TABLE meta (id INTEGER NOT NULL, name varchar(256) NOT NULL, value varchar(256) NOT NULL, PRIMARY KEY (id));
CREATE TABLE registrations (id INTEGER NOT NULL, registered_jid varchar(256) NOT NULL, username varchar(256) NOT NULL, PRIMARY KEY (id));
CREATE TABLE payments (id INTEGER NOT NULL, from_jid varchar(256) NOT NULL, date timestamp NOT NULL, recipient varchar(256) NOT NULL,
	amount real NOT NULL, comment varchar(256) NOT NULL, confirmation_code varchar(256) NOT NULL, fee real NOT NULL, PRIMARY KEY (id));
INSERT INTO meta (name, value) VALUES ('db_version', '1');
INSERT INTO registrations (registered_jid, username) VALUES ('ann@example.org', 'ann'), ('bob@example.org', 'Bob the Builder');
INSERT INTO payments (from_jid, date, recipient, amount, comment, confirmation_code, fee)
	VALUES ('ann@example.org', '2011-02-03 04:05:06', 'Bob the Builder', 5, '', 'kd7p', 0);`

// machine is a configuration, and an old gateway's database beside it.
func machine(t *testing.T) (dir string, bitcoim func(args ...string) (string, error)) {
	t.Helper()
	dir = t.TempDir()
	config := filepath.Join(dir, "bitcoim.toml")
	put(t, config, fmt.Sprintf(`
[xmpp]
domain = "bitcoin.example.org"
secret = "of no use here"
[database]
file = %q
[bitcoind]
user = "nobody"
password = "of no use here"
`, filepath.Join(dir, "bitcoim.db")))
	old, err := sql.Open("sqlite", filepath.Join(dir, "old.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Exec(oldGateway); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(context.Background(), append([]string{"-config", config}, args...), &out, &out)
		return out.String(), err
	}
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestImport(t *testing.T) {
	dir, bitcoim := machine(t)
	old, owned := filepath.Join(dir, "old.sqlite"), filepath.Join(dir, "balances.json")
	put(t, owned, `{"ann@example.org": "0.002"}`)
	put(t, filepath.Join(dir, "wrong.json"), `{"ann@example.org": 0.002}`)
	steps := []struct {
		args  string
		says  string
		fails string // what the error says, "" for none
	}{
		{"db import python-bitcoim " + old, "", "run: bitcoim db upgrade"},
		{"db upgrade", "schema and books are in order", ""},
		{"db import", "usage", "usage"},
		{"db import python-bitcoim", "usage", "usage"},
		{"db import somebody-else " + old, "usage", "usage"},
		{"db import python-bitcoim " + old + " more", "usage", "usage"},
		{"db import python-bitcoim " + filepath.Join(dir, "none"), "", "no such file"},
		{"db import python-bitcoim " + owned, "", "it is no SQLite 3 file"},
		{"db import python-bitcoim " + filepath.Join(dir, "bitcoim.db"), "", "no table registrations"},
		{"db import python-bitcoim " + old + " -balances " + filepath.Join(dir, "wrong.json"), "", "write the amount as text"},
		{"db import python-bitcoim " + old + " -balances " + owned + " -dry-run", "users     2 new, 0 were here", ""},
		{"user list", "", ""},
		{"db import python-bitcoim " + old + " -dry-run", "dry run: nothing was kept", ""},
		{"db import python-bitcoim " + old, "orders    1 expired, 0 were here, 0 paid long ago", ""},
		{"db import python-bitcoim " + old + " --balances " + owned, "balances  1 credited, 0.002 BTC; 0 were here", ""},
		{"db import python-bitcoim " + old + " -balances " + owned, "balances  0 credited, 0 BTC; 1 were here", ""},
		{"db import python-bitcoim " + old, "users     0 new, 2 were here", ""},
		{"audit", "owed to users   200 000 sat", ""},
		{"user list", "ann@example.org", ""},
	}
	for _, s := range steps {
		out, err := bitcoim(strings.Fields(s.args)...)
		switch {
		case s.fails == "" && err != nil, s.fails != "" && (err == nil || !strings.Contains(err.Error(), s.fails)):
			t.Errorf("%s: %v\n%s", s.args, err, out)
		case !strings.Contains(out, s.says):
			t.Errorf("%s: it says\n%s", s.args, out)
		case s.args == "user list" && s.says == "" && strings.Contains(out, "example.org"):
			t.Errorf("the dry run left users behind:\n%s", out)
		}
	}
}

func TestImportSaysWhatItCouldNotDo(t *testing.T) {
	dir, bitcoim := machine(t)
	if out, err := bitcoim("db", "upgrade"); err != nil {
		t.Fatal(out, err)
	}
	out, err := bitcoim("db", "import", "python-bitcoim", filepath.Join(dir, "old.sqlite"))
	if err != nil || !strings.Contains(out, `PROBLEM: registration 2: the username "Bob the Builder" of bob@example.org can not be a name`) ||
		!strings.Contains(out, "schema and books are in order") {
		t.Errorf("%v\n%s", err, out)
	}
}
