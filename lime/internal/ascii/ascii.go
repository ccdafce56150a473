// Package ascii compares names without regard to the case of ASCII letters. What
// letters beyond those are the same, says whoever gives out the names: "\u212A" is a
// k to Unicode and no k in a name.
package ascii

import "strings"

// Fold makes ASCII capitals small, and nothing else.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// EqualFold reports whether a and b are equal but for the case of ASCII letters.
func EqualFold(a, b string) bool { return Fold(a) == Fold(b) }
