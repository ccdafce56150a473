package wire

import "bytes"

// item is what a framer has found at the top of the stream.
type item uint8

const (
	partial item = iota // nothing whole yet
	text                // character data between elements
	element             // an element with all it contains
	opened              // the stream's start tag
	closed              // an end tag with nothing to end: the stream's
	markup              // a comment, processing instruction, declaration or CDATA between elements
)

type mode uint8

const (
	inText mode = iota
	afterLess
	inStart
	inQuote
	inEnd
	afterBang
	afterDash
	inCDATAHead
	inUntil // run times mark, then >
	inDecl
	inDeclQuote
)

const cdataHead = "[CDATA["

// framer cuts a stream of bytes into items without judging them. It keeps no
// bytes, so what is cut may come in any pieces and be of any size.
type framer struct {
	header bool // the stream's start tag is still to come
	depth  int  // of open elements, the stream not counted
	mode   mode
	slash  bool // the last byte of the tag was /
	quote  byte
	mark   byte // what repeats before the > that ends this markup
	need   int  // how often
	run    int  // how often it was seen
	nest   int  // of < in a declaration
}

// scan goes on in p. It returns how far it came and what ends there.
func (f *framer) scan(p []byte) (n int, it item) {
	for i := 0; i < len(p); {
		switch f.mode {
		case inText:
			j := bytes.IndexByte(p[i:], '<')
			if f.depth == 0 && j != 0 {
				if j < 0 {
					return len(p), text
				}
				return i + j, text
			}
			if j < 0 {
				return len(p), partial
			}
			i += j + 1
			f.mode = afterLess

		case afterLess:
			switch p[i] {
			case '/':
				f.mode = inEnd
				i++
			case '!':
				f.mode = afterBang
				i++
			case '?':
				f.until('?', 1)
				i++
			default:
				f.mode, f.slash = inStart, false
			}

		case inStart:
			i = f.startTag(p, i)
			if f.mode == inText && (f.depth == 0 || f.header) {
				if f.header {
					f.header, f.depth = false, 0
					return i, opened
				}
				return i, element
			}

		case inQuote, inDeclQuote:
			j := bytes.IndexByte(p[i:], f.quote)
			if j < 0 {
				return len(p), partial
			}
			i += j + 1
			f.slash = false
			if f.mode == inQuote {
				f.mode = inStart
			} else {
				f.mode = inDecl
			}

		case inEnd:
			j := bytes.IndexByte(p[i:], '>')
			if j < 0 {
				return len(p), partial
			}
			i += j + 1
			f.mode = inText
			if f.depth == 0 {
				return i, closed
			}
			if f.depth--; f.depth == 0 {
				return i, element
			}

		default:
			i = f.bang(p, i)
			if f.mode == inText && f.depth == 0 {
				return i, markup
			}
		}
	}
	return len(p), partial
}

// startTag goes on in a start tag: to its end, or to a quote.
func (f *framer) startTag(p []byte, i int) int {
	for ; i < len(p); i++ {
		switch b := p[i]; b {
		case '>':
			if !f.slash {
				f.depth++
			}
			f.mode = inText
			return i + 1
		case '\'', '"':
			f.mode, f.quote = inQuote, b
			return i + 1
		default:
			f.slash = b == '/'
		}
	}
	return i
}

// bang goes on in markup that began with <! or <?.
func (f *framer) bang(p []byte, i int) int {
	for ; i < len(p); i++ {
		b := p[i]
		switch f.mode {
		case afterBang:
			switch b {
			case '-':
				f.mode = afterDash
			case '[':
				f.mode, f.run = inCDATAHead, 1
			default:
				f.mode, f.nest = inDecl, 0
				i--
			}
		case afterDash:
			if b == '-' {
				f.until('-', 2)
				break
			}
			f.mode, f.nest = inDecl, 0
			i--
		case inCDATAHead:
			if b != cdataHead[f.run] {
				f.mode, f.nest = inDecl, 0
				i--
				break
			}
			if f.run++; f.run == len(cdataHead) {
				f.until(']', 2)
			}
		case inUntil:
			switch {
			case b == f.mark:
				f.run++
			case b == '>' && f.run >= f.need:
				f.mode = inText
				return i + 1
			default:
				f.run = 0
			}
		case inDecl:
			switch b {
			case '<':
				f.nest++
			case '\'', '"':
				f.mode, f.quote = inDeclQuote, b
				return i + 1
			case '>':
				if f.nest == 0 {
					f.mode = inText
					return i + 1
				}
				f.nest--
			}
		}
	}
	return i
}

func (f *framer) until(mark byte, times int) {
	f.mode, f.mark, f.need, f.run = inUntil, mark, times, 0
}
