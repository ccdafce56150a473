package wire

import (
	"bytes"
	"cmp"
)

// level is one open element.
type level struct {
	name  []byte // as written
	mark  int    // how many bindings were in scope before it
	space []byte // the default namespace inside it
}

// checker is the judge of whole stanzas. What it finds harmless is accepted
// by encoding/xml and by a session; fuzzing holds it to that.
type checker struct {
	limits Limits
	space  []byte    // the default namespace of the stream
	scope  []binding // of the stream, then of the open elements
	root   int       // how many of them are the stream's
	open   []level
	top    tag    // of the stanza
	inner  tag    // of the element being read
	within []byte // the namespace of the stanza
}

// stream takes the stream's start tag for what all stanzas inherit. It
// returns the namespace of the tag.
func (k *checker) stream(b []byte) (space []byte, ok bool) {
	k.scope, k.open, k.space = nil, nil, nil
	b = bytes.Clone(b)
	// What the server says of itself is not for users' limits.
	if k.top.parse(b, Limits{Attrs: 64, AttrBytes: len(b)}) != len(b) || k.top.empty || k.top.reason != harmless {
		return nil, false
	}
	top := level{name: k.top.name}
	if k.declare(&k.top, &top) != harmless || !k.unique(&k.top) {
		return nil, false
	}
	space, ok = k.lookup(k.top.prefix, top.space)
	k.space, k.root = top.space, len(k.scope)
	return space, ok
}

// stanza judges one whole element. When the start tag can be read, it is in
// k.top and its namespace in k.within; when not, named is false.
func (k *checker) stanza(b []byte) (r Reason, named bool) {
	defer k.reset()

	i, r := k.enter(b, &k.top)
	if i == 0 {
		return r, false
	}
	if r != harmless {
		return r, true
	}
	for len(k.open) > 0 {
		j := bytes.IndexByte(b[i:], '<')
		if j < 0 || i+j+1 >= len(b) || !legal(b[i:i+j]) {
			return NotWellFormed, true
		}
		i += j
		var n int
		switch b[i+1] {
		case '/':
			n = k.leave(b[i:])
		case '!':
			if n = cdata(b[i:]); n == 0 {
				return Markup, true
			}
		case '?':
			return Markup, true
		default:
			if n, r = k.enter(b[i:], &k.inner); r != harmless {
				return r, true
			}
		}
		if n == 0 {
			return NotWellFormed, true
		}
		i += n
	}
	if i != len(b) {
		return NotWellFormed, true
	}
	return harmless, true
}

// start reads the start tag of a stanza of which b is the beginning, as
// stanza does.
func (k *checker) start(b []byte) (named bool) {
	defer k.reset()
	n, _ := k.enter(b, &k.top)
	return n > 0
}

func (k *checker) reset() { k.scope, k.open = k.scope[:k.root], k.open[:0] }

// enter reads the start tag that b begins with into t. The length is 0 when
// that cannot be done; otherwise t may be read even if it is refused.
func (k *checker) enter(b []byte, t *tag) (int, Reason) {
	n := t.parse(b, k.limits)
	if n == 0 {
		return 0, cmp.Or(t.reason, NotWellFormed)
	}
	if t == &k.top && t.answerLen() > k.limits.TagBytes {
		return 0, AttrTooLong // the answer could not be written
	}
	in := level{name: t.name, mark: len(k.scope), space: k.space}
	if up := len(k.open); up > 0 {
		in.space = k.open[up-1].space
	}
	r := k.declare(t, &in)
	space, sound := k.lookup(t.prefix, in.space)
	sound = sound && k.unique(t)
	if t == &k.top {
		k.within = space
		if !sound {
			return 0, NotWellFormed
		}
		if r == harmless && twoAddresses(t) {
			r = DoubleAddress
		}
	}
	switch {
	case r != harmless:
	case t.reason != harmless:
		r = t.reason
	case !sound:
		r = NotWellFormed
	case t == &k.inner && string(space) == nsStreams:
		r = StreamElement
	case len(k.open) == k.limits.Depth:
		r = TooDeep
	}
	if r == harmless && !t.empty {
		k.open = append(k.open, in)
	} else {
		k.scope = k.scope[:in.mark]
	}
	return n, r
}

// leave reads the end tag that b begins with, or returns 0.
func (k *checker) leave(b []byte) int {
	last := k.open[len(k.open)-1]
	b = b[2:]
	if !bytes.HasPrefix(b, last.name) {
		return 0
	}
	n := skipSpace(b, len(last.name))
	if n >= len(b) || b[n] != '>' {
		return 0
	}
	k.scope, k.open = k.scope[:last.mark], k.open[:len(k.open)-1]
	return 2 + n + 1
}

// cdata reads the CDATA section that b begins with, or returns 0.
func cdata(b []byte) int {
	const head, tail = "<![CDATA[", "]]>"
	if !bytes.HasPrefix(b, []byte(head)) {
		return 0
	}
	end := bytes.Index(b[len(head):], []byte(tail))
	if end < 0 || !legalCDATA(b[len(head):len(head)+end]) {
		return 0
	}
	return len(head) + end + len(tail)
}
