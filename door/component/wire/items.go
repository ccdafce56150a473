package wire

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrTag is why a stanza is not written: one of its tags is longer than
// Limits.TagBytes.
var ErrTag = errors.New("wire: a tag is too long to be written")

// items finds what is whole in the bytes to be written: the stream's header, the
// handshake, each stanza, the stream's end. It trusts that they are XML.
//
// It also keeps servers from waiting. Prosody and ejabberd read XML with expat,
// and since CVE-2023-52425 (expat 2.6, and what distributions made of older
// ones) expat looks at a tag that did not end in what was read only when twice
// as much is there. A server that got half of a long tag, and then the rest of
// a stanza, has not seen that it is whole. It waits for more, and everybody
// whom we have answered waits with it.
//
// So a tag of n bytes, of which n-1 may have been looked at in vain, must be
// followed by so much that there are 2(n-1) from where it begins. Then there is
// a last look that finds it whole, however the network has cut what we
// wrote. If stanzas do not say that much, blanks do, which are allowed between
// stanzas (RFC 6120 §4.6.1). Most often these are about ten.
//
// Text does not wait: expat hands out what there is of it.
type items struct {
	frame framer
	begun bool   // the stream's header was begun
	shook bool   // so was the handshake, which is no stanza
	seen  int    // how far the framer is in pending
	whole int    // where the last whole item in pending ends
	need  uint64 // how many bytes the stream must have for no tag to wait

	closed bool // the stream's end tag was written
}

// longestRef is how long a character reference may be (&#x10FFFF;) that waits
// like a tag. What ends the stanza behind it is at least 4 bytes of what it
// needs.
const longestRef = 10

// find looks for the ends of items in pending, of which the first byte is
// number base of the stream. It takes out a stanza with a tag longer than most.
func (s *items) find(pending *[]byte, base uint64, most int) (stanzas uint64, err error) {
	if !s.begun {
		s.begun = true
		s.frame.header = true
	}
	for s.seen < len(*pending) {
		n, it := s.frame.scan((*pending)[s.seen:])
		s.seen += n
		if it == partial {
			break
		}
		item := (*pending)[s.whole:s.seen]
		need, longest := wants(item)
		if longest > most && it == element {
			err = fmt.Errorf("%w: %d bytes, %d at most", ErrTag, longest, most)
			*pending = append((*pending)[:s.whole], (*pending)[s.seen:]...)
			s.seen = s.whole
			continue
		}
		if need > 0 {
			s.need = max(s.need, base+uint64(s.whole+need))
		}
		s.whole = s.seen
		s.closed = s.closed || it == closed
		if it == element {
			if s.shook {
				stanzas++
			}
			s.shook = true
		}
	}
	return stanzas, err
}

// taken says that what is whole was taken from the front of pending.
func (s *items) taken() { s.seen, s.whole = s.seen-s.whole, 0 }

// wants returns how many bytes there must be from the beginning of item on for
// none of its tags to wait, and how long the longest of them is. Text alone
// wants nothing.
func wants(item []byte) (need, longest int) {
	for at := 0; ; {
		i := bytes.IndexByte(item[at:], '<')
		if i < 0 {
			break
		}
		at += i
		n := markupLen(item[at:])
		need = max(need, at+2*(n-1))
		longest = max(longest, n)
		at += n
	}
	if longest > 0 {
		need = max(need, len(item)+2*(longestRef-1)-longestRef-len("</a>"))
	}
	return need, longest
}

// markupLen is the length of the tag that b begins with. A > in quotes does not
// end it.
func markupLen(b []byte) int {
	var quote byte
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(b)
}
