package wire

import "bytes"

// attr is one attribute. Its slices point into the stanza.
type attr struct {
	name          []byte // as written
	prefix, local []byte
	value         []byte // as written, between the quotes
	space         []byte // what the prefix means; nil without one, and for xml and xmlns
	quote         byte
}

// tag is a start tag taken apart.
type tag struct {
	name          []byte // as written
	prefix, local []byte
	attrs         []attr
	empty         bool   // it ends in />
	reason        Reason // the limit that was passed, if any
}

// spare is how many of the attributes that a refusal keeps may stand beyond
// the limit.
const spare = 8

// parse reads the start tag at the beginning of b. It returns the length of
// the tag, or 0 if there is none or it is not well-formed.
func (t *tag) parse(b []byte, l Limits) int {
	t.attrs, t.empty, t.reason = t.attrs[:0], false, harmless
	i := 1
	var n int
	if t.prefix, t.local, n = qname(b[i:]); n == 0 {
		return 0
	}
	t.name = b[i : i+n]
	i += n
	for count := 0; ; count++ {
		gap := i
		i = skipSpace(b, i)
		if i >= len(b) {
			return 0
		}
		switch b[i] {
		case '>':
			return i + 1
		case '/':
			if i+1 >= len(b) || b[i+1] != '>' {
				return 0
			}
			t.empty = true
			return i + 2
		}
		if i == gap {
			return 0
		}
		var a attr
		if i = a.parse(b, i); i == 0 {
			return 0
		}
		if len(a.value) > l.AttrBytes {
			t.reason = AttrTooLong
			if a.kept() {
				return 0 // without it nobody can answer
			}
		}
		if count >= l.Attrs {
			t.reason = TooManyAttrs
			if !a.kept() {
				continue
			}
			if len(t.attrs) >= l.Attrs+spare {
				return 0
			}
		}
		t.attrs = append(t.attrs, a)
	}
}

// parse reads the attribute at b[i]. It returns where it ends, or 0.
func (a *attr) parse(b []byte, i int) int {
	var n int
	if a.prefix, a.local, n = qname(b[i:]); n == 0 {
		return 0
	}
	a.name = b[i : i+n]
	i = skipSpace(b, i+n)
	if i >= len(b) || b[i] != '=' {
		return 0
	}
	i = skipSpace(b, i+1)
	if i >= len(b) || b[i] != '\'' && b[i] != '"' {
		return 0
	}
	a.quote = b[i]
	i++
	end := bytes.IndexByte(b[i:], a.quote)
	if end < 0 {
		return 0
	}
	a.value = b[i : i+end]
	if !legalValue(a.value) {
		return 0
	}
	return i + end + 1
}

// address reports whether a's local name is one by which stanzas are told
// apart. Those who read attributes by local name alone, and sessions do, must
// not find two.
func (a *attr) address() bool {
	switch string(a.local) {
	case "from", "to", "id", "type":
		return true
	}
	return false
}

// same reports whether a and b mean the same attribute.
func (a *attr) same(b *attr) bool {
	switch {
	case !bytes.Equal(a.local, b.local):
		return false
	case bytes.Equal(a.prefix, b.prefix):
		return true
	}
	return a.space != nil && b.space != nil && bytes.Equal(a.space, b.space)
}

// kept reports whether a refusal keeps the attribute.
func (a *attr) kept() bool {
	if len(a.prefix) == 0 {
		return a.address()
	}
	return string(a.name) == "xml:lang"
}

// answerLen is how long the start tag of an answer to t can be, which says the
// attributes that are kept: written by encoding/xml, which escapes more than it
// must.
func (t *tag) answerLen() int {
	n := len("<presence type='unsubscribed'>") + len(t.local)
	for i := range t.attrs {
		a := &t.attrs[i]
		if !a.kept() {
			continue
		}
		n += len(" =''") + len(a.name) + len(a.value)
		for _, c := range a.value {
			switch c {
			case '"', '\'', '>', '\t', '\n', '\r':
				n += len("&#34;") - 1
			}
		}
	}
	return n
}

// qname reads the name that b begins with: NCName or NCName:NCName. Without
// one, n is 0.
func qname(b []byte) (prefix, local []byte, n int) {
	n = ncname(b)
	if n == 0 || n == len(b) || b[n] != ':' {
		return nil, b[:n], n
	}
	m := ncname(b[n+1:])
	if m == 0 {
		return nil, nil, 0
	}
	return b[:n], b[n+1 : n+1+m], n + 1 + m
}

func ncname(b []byte) int {
	if len(b) == 0 || class[b[0]]&nameStart == 0 {
		return 0
	}
	for i, c := range b {
		if class[c]&nameByte == 0 {
			return i
		}
	}
	return len(b)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && class[b[i]]&space != 0 {
		i++
	}
	return i
}
