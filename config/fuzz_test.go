package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/config"
)

func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"", least, config.Example(),
		"[xmpp]\ndomain = 3\n", "xmpp = { domain = \"a\", admins = [\"a@b\"] }\n",
		"[chain]\npoll = \"-1s\"\nlarge_sat = 9223372036854775807\n",
		"[[limits]]\n", "[limits.x]\ny = 1\n", "limits.x.y = 1\n", "\"a.b\" = 1\n",
		"[log]\nlevel = \"\"\"\nin\nfo\"\"\"\nformat = '''\n'''\n", "[a]\r\nb = [ # c\r\n1, \r\n]\r\nc=1",
		"[xmpp]\nserver = \"[::1]:5347\"\nsecret_file = \"/dev/zero\"\n", "\xef\xbb\xbf[log]\nx=1\n", "[log]\nlevel = \"x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := config.Parse("f", text, nil)
		if err == nil {
			return
		}
		var all config.Errors
		if !errors.As(err, &all) || len(all) == 0 {
			t.Fatalf("got %v, want config.Errors", err)
		}
		last := strings.Count(text, "\n") + 1
		for _, p := range all {
			missing := strings.HasPrefix(p.Text, "is missing")
			together := strings.Contains(p.Text, " than ") // of two keys, one may be a default
			if p.Line < 0 || p.Line > last || p.Line == 0 && !missing && !together {
				t.Errorf("a line of 1 to %d is wanted: %s", last, p)
			}
		}
	})
}
