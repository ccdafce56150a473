package main

import (
	"context"
	"strings"
	"unicode"
)

// abroad runs a verb that speaks with strangers. What they say is in its errors.
func abroad(run func(ctx context.Context, p *program, args []string) error) func(ctx context.Context, p *program, args []string) error {
	return func(ctx context.Context, p *program, args []string) error {
		if err := run(ctx, p, args); err != nil {
			return foreign{err}
		}
		return nil
	}
}

// foreign is an error that a stranger had a hand in.
type foreign struct{ error }

func (f foreign) Error() string { return oneLine(f.error.Error()) }
func (f foreign) Unwrap() error { return f.error }

// oneLine is what a stranger said, where it can neither be taken for our words
// nor move about on a terminal.
func oneLine(text string) string {
	const most = 2000
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if cut := []rune(clean); len(cut) > most {
		clean = string(cut[:most]) + "..."
	}
	return clean
}
