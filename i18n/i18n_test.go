package i18n_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bitcoim/bitcoim/i18n"
)

// files makes a catalogue's folder of name, text, name, text, ...
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func load(t *testing.T, pairs ...string) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.LoadFS(files(pairs...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMatch(t *testing.T) {
	c := load(t, "en.toml", "", "fr.toml", "", "pt-br.toml", "")
	for want, tags := range map[string][][]string{
		"en":    {nil, {""}, {"en"}, {"EN-gb"}, {"de"}, {"*"}, {"-"}, {"de", "en", "fr"}, {"français"}, {"pt"}, {"\xff"}},
		"fr":    {{"fr"}, {"fr-CA"}, {"FR_fr"}, {"de", "fr"}, {"", "fr", "en"}, {" fr "}, {"fr-Latn-CH-1996"}},
		"pt-br": {{"pt-BR"}, {"pt_BR"}, {"pt-br-x-lisbon"}, {"pt", "pt-BR"}},
	} {
		for _, list := range tags {
			if got := c.Match(list...); got != want {
				t.Errorf("Match(%q) = %s, want %s", list, got, want)
			}
		}
	}
	if got := c.Languages(); !slices.Equal(got, []string{"en", "fr", "pt-br"}) {
		t.Errorf("got %q", got)
	}
}

func TestOverrides(t *testing.T) {
	base := files(
		"en.toml", "[phrase]\nhello = 'Hello {who}.'\nbye = 'Bye {who}.'\n[command.pay]\nword = 'pay'\naliases = ['send']",
		"fr.toml", "[phrase]\nhello = 'Bonjour {who}.'",
	)
	c, err := i18n.LoadFS(base, files(
		"fr.toml", "[phrase]\nhello = 'Salut {who} !'\n[command.pay]\naliases = ['envoyer']",
		"de.toml", "[phrase]\nhello = 'Hallo {who}.'\n[command.pay]\nword = 'zahlen'",
		"readme.txt", "not a catalogue",
	))
	if err != nil {
		t.Fatal(err)
	}
	ann := map[string]any{"who": "ann"}
	for _, tt := range [][3]string{
		{"en", "hello", "Hello ann."}, {"fr", "hello", "Salut ann !"}, {"de", "hello", "Hallo ann."},
		{"fr", "bye", "Bye ann."}, {"de-AT", "bye", "Bye ann."}, {"fr", "nothing", "nothing"},
	} {
		if got := c.Printer(tt[0], "").Say(tt[1], ann); got != tt[2] {
			t.Errorf("%s in %s: got %q, want %q", tt[1], tt[0], got, tt[2])
		}
	}
	if got := c.Commands("fr")["pay"]; !slices.Equal(got, []string{"pay", "envoyer"}) {
		t.Errorf("words in French: %q", got)
	}
	if got := c.Commands("de")["pay"]; !slices.Equal(got, []string{"zahlen"}) {
		t.Errorf("words in German: %q", got)
	}
}

func TestOverridesFromAFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "en.toml"), []byte("[value]\nyes = 'yea'"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := i18n.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Printer("en", "").Say("value.yes", nil); got != "yea" {
		t.Errorf("got %q", got)
	}
	if _, err := i18n.Load(filepath.Join(dir, "missing")); err == nil {
		t.Error("a folder that is not there is no error")
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	const en = "[phrase]\nhello = 'Hello {who}.'\n[command.pay]\nword = 'pay'\n[command.tip]\nword = 'tip'"
	for name, tt := range map[string]struct{ file, text, want string }{
		"not TOML":                  {"fr.toml", "hello", "fr.toml"},
		"outside of a table":        {"fr.toml", "hello = 'x'", `"hello" stands outside`},
		"not text":                  {"fr.toml", "[phrase]\nhello = 5", `"hello" is not text`},
		"a list":                    {"fr.toml", "[phrase]\nhello = ['x']", `"hello" is not text`},
		"an unknown phrase":         {"fr.toml", "[phrase]\nhullo = 'x'", `no phrase is called "hullo"`},
		"an unknown placeholder":    {"fr.toml", "[phrase]\nhello = '{whom}'", `{whom}`},
		"an unknown placeholder in": {"fr.toml", "[phrase]\nhello = '{who|if|{whom}|}'", `{whom}`},
		"an unknown form":           {"fr.toml", "[phrase]\nhello = '{who|loud}'", `{who|loud}`},
		"plural with one word":      {"fr.toml", "[phrase]\nhello = '{who|plural|x}'", `too few`},
		"money with words":          {"fr.toml", "[phrase]\nhello = '{who|money|x}'", `too many`},
		"a brace that stays open":   {"fr.toml", "[phrase]\nhello = 'a {who'", `brace`},
		"a brace that never opened": {"fr.toml", "[phrase]\nhello = 'a }'", `brace`},
		"a brace in a brace":        {"fr.toml", "[phrase]\nhello = '{{who}}'", `not a name`},
		"an empty placeholder":      {"fr.toml", "[phrase]\nhello = '{}'", `not a name`},
		"an unknown command":        {"fr.toml", "[command.sing]\nword = 'x'", `no command is called "sing"`},
		"a word of two words":       {"fr.toml", "[command.pay]\nword = 'to pay'", `not one word`},
		"an alias of two words":     {"fr.toml", "[command.pay]\naliases = ['to pay']", `not one word`},
		"an empty word":             {"fr.toml", "[command.pay]\nword = ''", `not one word`},
		"a word for two commands":   {"fr.toml", "[command.pay]\nword = 'régler'\n[command.tip]\nword = 'Regler'", `calls both pay and tip`},
		"an unknown plural rule":    {"fr.toml", "[locale]\nplural = 'many'", `no rule is called "many"`},
		"in an override":            {"en.toml", "[phrase]\nhello = '{'", `en.toml`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := i18n.LoadFS(files("en.toml", en), files(tt.file, tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := i18n.LoadFS(files("fr.toml", ""), nil); err == nil {
		t.Error("no reference language is no error")
	}
}
