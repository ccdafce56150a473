package lime

import "bytes"

// scanner finds the end of JSON objects in a stream of bytes, without a
// delimiter between them. It goes once over each byte, however they come in.
type scanner struct {
	depth, deepest   int
	inString, escape bool
}

// next scans p and returns how many of its bytes belong to the object, and
// whether it ended there. Before the object there must be no white space.
// The scanner is ready for another object after the end of one.
func (s *scanner) next(p []byte) (n int, end bool) {
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

// blank returns how many bytes at the start of p are JSON white space.
func blank(p []byte) int {
	for i, c := range p {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return i
		}
	}
	return len(p)
}

// depth is how deeply the objects and lists of a JSON text are nested.
func depth(p []byte) int {
	var s scanner
	for n := blank(p); n < len(p); {
		i, end := s.next(p[n:])
		n += i
		if end {
			break
		}
	}
	return s.deepest
}

// eachField calls f with the name and the raw value of each field of a JSON
// object. Of a field that is there twice, f sees both, the last one last. Names
// with escapes are unescaped. Where the text is no JSON after all, it stops.
func eachField(object string, f func(name, value string)) {
	i := skip(object, skip(object, 0)+1)
	for i < len(object) && object[i] == '"' {
		name, after := object[i:stringEnd(object, i)], stringEnd(object, i)
		key, ok := unquote(name)
		i = skip(object, skip(object, after)+1) // behind the colon
		if !ok || i >= len(object) {
			return
		}
		end := value(object, i)
		f(key, object[i:end])
		i = skip(object, skip(object, end)+1) // behind the comma
	}
}

// skip returns the place of the first byte from i on that is not white space.
func skip(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
		i++
	}
	return i
}

// value returns the end of the JSON value that starts at i.
func value(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	switch s[i] {
	case '"':
		return stringEnd(s, i)
	case '{', '[':
		for depth := 0; i < len(s); i++ {
			switch s[i] {
			case '"':
				i = stringEnd(s, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(s)
	}
	for i < len(s) && s[i] != ',' && s[i] != '}' && s[i] != ']' && skip(s[i:i+1], 0) == 0 {
		i++
	}
	return i
}

// stringEnd returns the end of the JSON string that starts at i.
func stringEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
