package config

import "strings"

// readEnv lets the environment override the file. Names that begin with one
// of our sections must be keys; other BITCOIM_ names are not ours to judge.
func (r *reader) readEnv(env []string) {
	vars := map[string]string{}
	for _, e := range env {
		if name, value, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, Prefix) {
			vars[name] = value
		}
	}
	known := map[string]bool{}
	for _, k := range r.keys {
		name := k.variable()
		known[name] = true
		value, set := vars[name]
		if set {
			r.place[k.id()] = place{env: name}
			delete(r.paths, k.id())
			if complaint := scan(k.at, value); complaint != "" {
				r.complain(k.id(), "%s", complaint)
			}
		}
		s, secret := k.at.(*Secret)
		if !secret {
			continue
		}
		known[name+"_FILE"] = true
		if path, ok := vars[name+"_FILE"]; ok {
			r.place[k.id()+"_file"] = place{env: name + "_FILE"}
			r.paths[k.id()] = path
			if set {
				r.complain(k.id()+"_file", "give either this or %s", name)
			}
			*s = Secret{}
		}
	}
	r.unknownEnv(env, known)
}

func (k key) variable() string { return Prefix + strings.ToUpper(k.section+"_"+k.name) }

func (r *reader) unknownEnv(env []string, known map[string]bool) {
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		for _, s := range sections {
			if strings.HasPrefix(name, Prefix+strings.ToUpper(s.name)+"_") && !known[name] {
				r.problems = append(r.problems, Problem{Key: name, Text: "unknown key"})
			}
		}
	}
}
