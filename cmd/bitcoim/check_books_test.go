package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What is wrong with the database is said once, with what to do, and that what hangs on
// it was not looked at. What does not hang on it is looked at.
func TestCheckSaysOnceWhatIsWrongWithTheDatabase(t *testing.T) {
	empty := func(t *testing.T, file string) {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		make func(t *testing.T, file string)
		dsn  string
		says string
	}{
		"it is not there":   {make: func(*testing.T, string) {}, says: "bitcoim db upgrade makes it"},
		"it has no tables":  {make: empty, says: "run: bitcoim db upgrade"},
		"it is a folder":    {make: func(t *testing.T, file string) { _ = os.Mkdir(file, 0o700) }, says: "can be read and written"},
		"nobody listens":    {dsn: "postgres://u:p@127.0.0.1:1/bitcoim", says: "see that PostgreSQL runs"},
		"the DSN is no DSN": {dsn: "postgres://%", says: "the PostgreSQL DSN cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file, config := filepath.Join(dir, "bitcoim.db"), filepath.Join(dir, "bitcoim.toml")
			writeConfig(t, config, file, "127.0.0.1:1")
			if tt.dsn != "" {
				onPostgres(t, config, file, tt.dsn)
			} else {
				tt.make(t, file)
			}
			var out bytes.Buffer
			err := run(t.Context(), []string{"-config", config, "check"}, &out, &out)
			if err == nil || err.Error() != "not ready to serve: database, chain, xmpp" {
				t.Errorf("got %v", err)
			}
			for _, want := range []string{tt.says, "database   FAILED", "payments   not looked at", "mend the database first", "chain      FAILED"} {
				if strings.Count(out.String(), want) != 1 {
					t.Errorf("want %q once in\n%s", want, out.String())
				}
			}
			for _, verb := range []string{"audit", "audit -world", "order list", "user list"} {
				var out bytes.Buffer
				err := run(t.Context(), append([]string{"-config", config}, strings.Fields(verb)...), &out, &out)
				if err == nil || strings.Count(err.Error(), tt.says) != 1 || strings.Contains(err.Error(), "\n") || out.Len() > 0 {
					t.Errorf("%s: got %v\n%s", verb, err, out.String())
				}
			}
		})
	}
}

// onPostgres puts a DSN in the place of a file.
func onPostgres(t *testing.T, config, file, dsn string) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.NewReplacer(`"sqlite"`, `"postgres"`, `file = "`+file, `dsn = "`+dsn).Replace(string(text)))
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The file of another gateway is mistaken for this one's, or the domain is mistyped.
func TestCheckKnowsTheBooksOfAnotherDomain(t *testing.T) {
	for name, tt := range map[string]struct {
		users []string
		want  string // in what is said of the database
	}{
		"nobody is registered":  {nil, "ok: sqlite"},
		"users of the domain":   {[]string{"ann@example.org"}, "ok: sqlite"},
		"some of another":       {[]string{"bob@example.net", "ann@example.org"}, "ok: sqlite"},
		"all of another":        {[]string{"ann@example.net", "bob@example.net"}, "its users are of example.net, and those of example.org are served; correct database.file"},
		"all of a longer name":  {[]string{"ann@not.example.org"}, "its users are of not.example.org"},
		"all of several others": {[]string{"a@a.net", "b@b.net", "c@c.net", "d@d.net"}, "a.net, b.net, c.net and others"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			config := filepath.Join(dir, "bitcoim.toml")
			writeConfig(t, config, filepath.Join(dir, "bitcoim.db"), "127.0.0.1:1")
			if err := run(t.Context(), []string{"-config", config, "db", "upgrade"}, &bytes.Buffer{}, &bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
			c, err := (&program{config: config}).load()
			if err != nil {
				t.Fatal(err)
			}
			d, err := openDB(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			err = d.Tx(t.Context(), func(tx *db.Tx) error {
				for _, jid := range tt.users {
					if _, _, err := useraccount.Register(t.Context(), tx, jid, 1); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			_ = run(t.Context(), []string{"-config", config, "check"}, &out, &out)
			for line := range strings.Lines(out.String()) {
				if strings.HasPrefix(line, "database") && !strings.Contains(line, tt.want) {
					t.Errorf("want %q in\n%s", tt.want, line)
				}
			}
		})
	}
}
