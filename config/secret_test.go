package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/config"
)

func TestSecretIsNotShown(t *testing.T) {
	c, err := config.Parse("bitcoim.toml", least, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	hidden := struct{ s config.Secret }{c.XMPP.Secret} // fmt calls no methods in there
	for _, v := range []any{c, &c, c.XMPP, c.XMPP.Secret, &c.XMPP.Secret, hidden} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Fatal(err)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "config", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "config", v)
	}
	for _, leak := range []string{"swordfish", fmt.Sprintf("%x", "swordfish"), "115 119 111"} {
		if strings.Contains(strings.ToLower(out.String()), leak) {
			t.Errorf("%q can be read in\n%s", leak, out.String())
		}
	}
	if got := c.XMPP.Secret.Reveal(); got != "swordfish" {
		t.Errorf("got %q, want the secret where it is asked for", got)
	}
}

func TestSecretFile(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		mode os.FileMode
		text string
		want string // of the error; "" for the secret
	}{
		"mine alone":           {0o600, "tuna\n", ""},
		"readable by my group": {0o640, "tuna", ""},
		"readable by all":      {0o644, "tuna", "others can read or write it: chmod o-rwx"},
		"writable by all":      {0o602, "tuna", "others can read or write it: chmod o-rwx"},
		"empty":                {0o600, "\n", "is empty"},
		"huge":                 {0o600, strings.Repeat("x", 70_000), "is larger than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			write(t, path, tt.text, tt.mode)
			byFile := strings.Replace(least, `secret = "swordfish"`, fmt.Sprintf("secret_file = %q", path), 1)
			for how, load := range map[string]func() (config.Config, error){
				"by file": func() (config.Config, error) { return config.Parse("f", byFile, nil) },
				"by environment": func() (config.Config, error) {
					return config.Parse("f", least, []string{"BITCOIM_XMPP_SECRET_FILE=" + path})
				},
			} {
				c, err := load()
				switch {
				case tt.want == "" && err != nil:
					t.Errorf("%s: %v", how, err)
				case tt.want == "" && c.XMPP.Secret.Reveal() != "tuna":
					t.Errorf("%s: got %q", how, c.XMPP.Secret.Reveal())
				case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
					t.Errorf("%s: got %v, want %q", how, err, tt.want)
				}
			}
		})
	}
}

func TestFolderIsNoSecret(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := config.Parse("f", least, []string{"BITCOIM_XMPP_SECRET_FILE=" + dir})
	if err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("got %v", err)
	}
}

func TestConfigWithSecretIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bitcoim.toml")
	write(t, path, least, 0o644)
	_, err := config.Load(path, nil)
	if err == nil || !strings.Contains(err.Error(), "bitcoim.toml:4: xmpp.secret: others can read this file") {
		t.Errorf("got %v, want a complaint about its mode", err)
	}
	write(t, path, least, 0o640)
	if _, err := config.Load(path, nil); err != nil {
		t.Error(err)
	}
}

func TestMacaroonIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bitcoim.macaroon")
	write(t, path, "x", 0o644)
	_, err := config.Parse("f", least+"[chain]\nbackend = \"lnd\"\n[lnd]\ncert_file = \"c\"\nmacaroon_file = \""+path+"\"\n", nil)
	if err == nil || !strings.Contains(err.Error(), "f:12: lnd.macaroon_file: "+path+": others can") {
		t.Errorf("got %v, want a complaint about its mode", err)
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
