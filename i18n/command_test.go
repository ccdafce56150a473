package i18n_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/i18n"
)

// A phrase says the word of a command in its own language, whoever gave its arguments.
func TestAPhraseSaysTheWordOfACommand(t *testing.T) {
	c := phrases(t, map[string]string{"a": "Say {balance|word} {n}", "b": "Not {x|command}"})
	for lang, want := range map[string]string{"en": "Say balance 5", "fr": "Say solde 5"} {
		if got := c.Printer(lang, "").Say("test.a", map[string]any{"n": int64(5)}); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := c.Printer("fr", "").Say("test.b", map[string]any{"x": "balance"}); got != "Not solde" {
		t.Errorf("%q", got)
	}
	if names, _ := c.Args("test.a"); len(names) != 1 || names[0] != "n" {
		t.Errorf("it asks for %v", names)
	}
	_, err := i18n.LoadFS(builtIn(t, "\n[test]\na = \"{nothing|word}\"\n"), nil)
	if err == nil || !strings.Contains(err.Error(), "{nothing|word}, which is no command") {
		t.Errorf("a word of no command: %v", err)
	}
}
