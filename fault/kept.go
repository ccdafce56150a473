package fault

import (
	"encoding/json"
	"fmt"
	"strings"
)

// kept is a fault as a database keeps it.
type kept struct {
	Kind   string `json:"kind"`
	Phrase string `json:"phrase"`
	Args   Args   `json:"args,omitempty"`
}

// Keep is the fault as text, to be said later: its kind, and what its phrase says. The
// cause, which is for the log, is not in it.
func (e *Error) Keep() (string, error) {
	text, err := json.Marshal(kept{e.Kind.String(), e.Phrase, e.Args})
	if err != nil {
		return "", fmt.Errorf("fault: %w", err)
	}
	return string(text), nil
}

// Kept is the fault that Keep made this text of; false if it did not. It is to be said:
// what it was declared as, and so what errors.Is finds, was not kept.
func Kept(text string) (*Error, bool) {
	var k kept
	read := json.NewDecoder(strings.NewReader(text))
	read.UseNumber()
	if err := read.Decode(&k); err != nil || k.Phrase == "" {
		return nil, false
	}
	for _, kind := range Kinds {
		if kind.String() == k.Kind {
			return New(kind, k.Phrase, k.Args), true
		}
	}
	return nil, false
}
