package config

import (
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// lines says in which line of a valid TOML text each key stands, by its
// dotted name. The decoder keeps no positions, so the text is decoded again
// statement by statement: a statement is complete as soon as it parses.
func lines(text string) map[string]int {
	at := map[string]int{}
	var section toml.Key
	var statement string
	start := 1
	n := 0
	for line := range strings.Lines(text) {
		n++
		if statement == "" {
			start = n
		}
		statement += line
		var any map[string]any
		meta, err := toml.Decode(statement, &any)
		if err != nil {
			continue // a value that goes on in the next line
		}
		header := strings.HasPrefix(strings.TrimLeft(statement, " \t"), "[")
		if header {
			section = nil
		}
		for _, key := range meta.Keys() {
			note(at, slices.Concat(section, key), start)
		}
		if header {
			section = longest(meta.Keys())
		}
		statement = ""
	}
	return at
}

// note keeps the first line of a key, and of the tables it makes.
func note(at map[string]int, key toml.Key, line int) {
	for n := 1; n <= len(key); n++ {
		name := strings.Join(key[:n], ".")
		if _, known := at[name]; !known {
			at[name] = line
		}
	}
}

func longest(keys []toml.Key) toml.Key {
	return slices.MaxFunc(keys, func(a, b toml.Key) int { return len(a) - len(b) })
}
