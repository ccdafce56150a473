package config

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with one key.
type Problem struct {
	File string // "" if the value is not from the file
	Line int    // from 1; 0 if the key is not in the file
	Key  string // "section.key", or the name of the environment variable
	Text string
}

func (p Problem) String() string {
	switch {
	case p.File == "":
		return fmt.Sprintf("%s: %s", p.Key, p.Text)
	case p.Line == 0:
		return fmt.Sprintf("%s: %s: %s", p.File, p.Key, p.Text)
	case p.Key == "":
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Key, p.Text)
}

// Errors are all the problems of a configuration, in the order of the file;
// what has no line comes last.
type Errors []Problem

func (e Errors) Error() string {
	said := make([]string, len(e))
	for i, p := range e {
		said[i] = p.String()
	}
	return strings.Join(said, "\n")
}

func (e Errors) sort() {
	rank := func(p Problem) int {
		if p.Line == 0 {
			return int(^uint(0) >> 1)
		}
		return p.Line
	}
	slices.SortStableFunc(e, func(a, b Problem) int {
		switch {
		case rank(a) < rank(b):
			return -1
		case rank(a) > rank(b):
			return 1
		}
		return 0
	})
}
