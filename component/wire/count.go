package wire

// counter counts the stanzas of the outgoing stream, whatever the pieces it
// is written in. It trusts what is written: it only counts.
type counter struct {
	frame framer
	begun bool // the stream's start tag was written
	shook bool // so was the handshake, which is no stanza
}

// add returns how many stanzas end in p.
func (k *counter) add(p []byte) (stanzas uint64) {
	if !k.begun {
		k.begun = true
		k.frame.header = true
	}
	for len(p) > 0 {
		n, it := k.frame.scan(p)
		p = p[n:]
		if it != element {
			continue
		}
		if k.shook {
			stanzas++
		}
		k.shook = true
	}
	return stanzas
}
