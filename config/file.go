package config

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// readTOML sets what the file says.
func (r *reader) readTOML(text string) {
	for _, mark := range []string{"\ufeff", "\xff\xfe", "\xfe\xff"} {
		text = strings.TrimPrefix(text, mark) // byte order marks, which the decoder skips, too
	}
	var doc map[string]any
	if _, err := toml.Decode(text, &doc); err != nil {
		p := Problem{File: r.file, Line: 1, Text: err.Error()}
		var syntax toml.ParseError
		if errors.As(err, &syntax) {
			p.Line, p.Text = max(1, syntax.Position.Line), syntax.Message
			if p.Text == "" {
				p.Text = syntax.Error()
			}
		}
		r.problems = append(r.problems, p)
		r.garbled = true
		return
	}
	r.text = text
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		table, ok := doc[name].(map[string]any)
		switch {
		case !isSection(name):
			r.complain(name, "unknown section")
		case !ok:
			r.complain(name, "must be a section, written once as [%s]", name)
		default:
			r.readSection(name, table)
		}
	}
}

func isSection(name string) bool {
	for _, s := range sections {
		if s.name == name {
			return true
		}
	}
	return false
}

func (r *reader) readSection(section string, table map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		id := section + "." + name
		if k, ok := r.find(id); ok {
			if complaint := decode(k.at, table[name]); complaint != "" {
				r.complain(id, "%s", complaint)
				continue
			}
			r.place[id] = place{}
			if s, secret := k.at.(*Secret); secret && r.exposed && !s.Empty() {
				r.complain(id, "others can read this file: chmod o-rwx, or keep the secret in a %s_file", name)
			}
			continue
		}
		if k, ok := r.findSecret(id); ok {
			var path string
			if complaint := decode(&path, table[name]); complaint != "" {
				r.complain(id, "%s", complaint)
				continue
			}
			r.place[id] = place{}
			r.paths[k.id()] = path
			if _, both := table[k.name]; both {
				r.complain(id, "give either this or %s", k.id())
			}
			continue
		}
		r.complain(id, "unknown key")
	}
}

func (r *reader) find(id string) (key, bool) {
	i := slices.IndexFunc(r.keys, func(k key) bool { return k.id() == id })
	if i < 0 {
		return key{}, false
	}
	return r.keys[i], true
}

// findSecret finds the secret that "section.name_file" is about.
func (r *reader) findSecret(id string) (key, bool) {
	id, file := strings.CutSuffix(id, "_file")
	if !file {
		return key{}, false
	}
	k, ok := r.find(id)
	_, secret := k.at.(*Secret)
	return k, ok && secret
}
