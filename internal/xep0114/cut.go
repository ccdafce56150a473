package xep0114

import "bytes"

// cutter finds where top-level elements end in what a well-behaved component
// writes: no comments, no CDATA, no processing instructions.
type cutter struct {
	depth int
	in    byte // 0 in text, < in a tag, a quote in a value
	prev  byte // the last byte of the tag so far
	end   bool // the tag is an end tag
}

// cut returns how many bytes of p it has seen, and whether an element ends
// there.
func (c *cutter) cut(p []byte) (n int, whole bool) {
	for i := 0; i < len(p); i++ {
		switch c.in {
		case 0:
			j := bytes.IndexByte(p[i:], '<')
			if j < 0 {
				return len(p), false
			}
			i += j
			c.in, c.prev, c.end = '<', '<', false
		case '<':
			b := p[i]
			switch {
			case b == '\'' || b == '"':
				c.in = b
			case b == '/' && c.prev == '<':
				c.end = true
			case b == '>':
				c.in = 0
				switch {
				case c.end:
					c.depth--
				case c.prev != '/':
					c.depth++
				}
				if c.depth <= 0 {
					c.depth = 0
					return i + 1, true
				}
			}
			c.prev = b
		default:
			j := bytes.IndexByte(p[i:], c.in)
			if j < 0 {
				return len(p), false
			}
			i += j
			c.in = '<'
		}
	}
	return len(p), false
}
