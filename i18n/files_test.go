package i18n_test

import (
	"os"
	"strconv"
	"testing"
	"testing/fstest"
)

// builtIn are the built-in files with more at the end of each.
func builtIn(t *testing.T, more string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"en.toml", "fr.toml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: append(text, more...)}
	}
	return fsys
}

// fuzzFiles are a catalogue of one phrase, p.
func fuzzFiles(text string) fstest.MapFS {
	return files("en.toml", "[phrase]\np = "+strconv.QuoteToGraphic(text))
}
