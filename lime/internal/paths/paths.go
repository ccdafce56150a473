// Package paths finds who handles a method on a path.
package paths

import (
	"strings"

	"github.com/bitcoim/bitcoim/lime"
)

// Table says who, an H, handles which method on which path. It is filled before it is
// used.
type Table[H any] struct {
	exact    map[string]map[lime.Method]H
	patterns []*pattern[H]
}

type pattern[H any] struct {
	parts   []string // in lower case; {name} for any
	methods map[lime.Method]H
}

// Set sets who handles a method on a path, in which /{name}/ stands for any part.
// Paths are compared without regard to case.
func (t *Table[H]) Set(method lime.Method, path string, h H) { t.methods(path)[method] = h }

// methods are those of a path, which is added if it is not there.
func (t *Table[H]) methods(path string) map[lime.Method]H {
	path = strings.ToLower(path)
	if !strings.Contains(path, "{") {
		if t.exact == nil {
			t.exact = map[string]map[lime.Method]H{}
		}
		if t.exact[path] == nil {
			t.exact[path] = map[lime.Method]H{}
		}
		return t.exact[path]
	}
	for _, p := range t.patterns {
		if strings.Join(p.parts, "/") == path {
			return p.methods
		}
	}
	p := &pattern[H]{strings.Split(path, "/"), map[lime.Method]H{}}
	t.patterns = append(t.patterns, p)
	return p.methods
}

// Find returns who handles a method on a path, from the first of some tables that has
// it, and what stands in the path for its variables. A path that none knows is
// NotFound, a method MethodNotSupported.
func Find[H any](method lime.Method, path string, all ...*Table[H]) (h H, vars map[string]string, err error) {
	known := false
	for _, t := range all {
		methods, vars := t.find(path)
		if found, ok := methods[method]; ok {
			return found, vars, nil
		}
		known = known || methods != nil
	}
	if known {
		return h, nil, lime.Errorf(lime.MethodNotSupported, "%s is not possible here", method)
	}
	return h, nil, lime.Errorf(lime.NotFound, "there is no such resource")
}

// find returns the methods of a path and what stands for its variables; nil
// methods mean that there is no such path.
func (t *Table[H]) find(path string) (methods map[lime.Method]H, vars map[string]string) {
	lower := path
	for i := range len(path) {
		if c := path[i]; 'A' <= c && c <= 'Z' || c >= 0x80 {
			lower = strings.ToLower(path)
			break
		}
	}
	if methods = t.exact[lower]; methods != nil {
		return methods, nil
	}
	if len(t.patterns) == 0 {
		return nil, nil
	}
	parts := strings.Split(path, "/")
	for _, p := range t.patterns {
		if vars, ok := p.match(parts); ok {
			return p.methods, vars
		}
	}
	return nil, nil
}

func (p *pattern[H]) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(p.parts) {
		return nil, false
	}
	vars := map[string]string{}
	for i, want := range p.parts {
		if name, is := strings.CutPrefix(want, "{"); is && parts[i] != "" {
			vars[strings.TrimSuffix(name, "}")] = parts[i]
		} else if !strings.EqualFold(want, parts[i]) {
			return nil, false
		}
	}
	return vars, true
}
