package config

import (
	"fmt"
	"os"
)

// Prefix begins the names of environment variables: BITCOIM_CHAIN_POLL.
const Prefix = "BITCOIM_"

const largest = 64 << 10 // bytes of a configuration or secret file

// Load reads the file at path, lets env ("NAME=value", as os.Environ gives
// it) override it key by key, reads the files that hold secrets, and checks
// the whole. An empty path means no file. The error is of type Errors unless
// the file itself cannot be read.
func Load(path string, env []string) (Config, error) {
	r := newReader(path)
	if path != "" {
		info, err := os.Stat(path)
		if err != nil {
			return Config{}, fmt.Errorf("config: %w", err)
		}
		text, err := readFile(path, info)
		if err != nil {
			return Config{}, fmt.Errorf("config: %s: %w", path, err)
		}
		r.exposed = exposed(info)
		r.readTOML(text)
	}
	return r.finish(env)
}

// Parse is Load for a text that is already read; file names it in errors.
func Parse(file, text string, env []string) (Config, error) {
	r := newReader(file)
	r.readTOML(text)
	return r.finish(env)
}

// place is where a key was set.
type place struct {
	env string // name of the variable; "" for the file
}

type reader struct {
	file     string
	exposed  bool // others may read the file
	garbled  bool // it is not TOML
	text     string
	lines    map[string]int // of text; nil until the first problem
	config   Config
	keys     []key             // into config
	place    map[string]place  // of the keys that were set
	paths    map[string]string // of the files that hold secrets, by the secret's key
	problems Errors
}

func newReader(file string) *reader {
	r := &reader{file: file, config: Defaults(), place: map[string]place{}, paths: map[string]string{}}
	r.keys = r.config.keys()
	return r
}

func (r *reader) finish(env []string) (Config, error) {
	r.readEnv(env)
	r.readSecrets()
	if !r.garbled {
		r.check()
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return Config{}, r.problems
	}
	r.config.settle()
	return r.config, nil
}

// complain notes what is wrong with a key, and where it was said.
func (r *reader) complain(id, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p, set := r.place[id]; set && p.env != "" {
		r.problems = append(r.problems, Problem{Key: p.env, Text: text})
		return
	}
	if r.lines == nil {
		r.lines = lines(r.text)
	}
	r.problems = append(r.problems, Problem{File: r.file, Line: r.lines[id], Key: id, Text: text})
}
