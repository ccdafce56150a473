// Package jsonscan finds JSON objects in a stream of bytes, without parsing them.
package jsonscan

import "bytes"

// Scanner finds the end of JSON objects in a stream of bytes, without a
// delimiter between them. It goes once over each byte, however they come in.
type Scanner struct {
	depth, deepest   int
	inString, escape bool
}

// Next scans p and returns how many of its bytes belong to the object, and
// whether it ended there. Before the object there must be no white space.
// The scanner is ready for another object after the end of one.
func (s *Scanner) Next(p []byte) (n int, end bool) {
	for n < len(p) {
		if s.inString {
			if s.escape {
				s.escape = false
				n++
				continue
			}
			i := bytes.IndexByte(p[n:], '"')
			if i < 0 {
				i = len(p) - n
			}
			if b := bytes.IndexByte(p[n:n+i], '\\'); b >= 0 {
				s.escape = true
				n += b + 1
				continue
			}
			if n += i; n < len(p) {
				s.inString = false
				n++
			}
			continue
		}
		c := p[n]
		n++
		switch c {
		case '"':
			s.inString = true
		case '{', '[':
			s.depth++
			s.deepest = max(s.deepest, s.depth)
		case '}', ']':
			if s.depth--; s.depth <= 0 {
				return n, true
			}
		}
	}
	return n, false
}

// Blank returns how many bytes at the start of p are JSON white space.
func Blank(p []byte) int {
	for i, c := range p {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return i
		}
	}
	return len(p)
}

// Depth is how deeply the objects and lists of a JSON text are nested.
func Depth(p []byte) int {
	var s Scanner
	for n := Blank(p); n < len(p); {
		i, end := s.Next(p[n:])
		n += i
		if end {
			break
		}
	}
	return s.deepest
}
