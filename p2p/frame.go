package p2p

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// errHostile marks what no honest node of this network sends. Such a peer is
// left at once and not called again for long.
var errHostile = errors.New("misbehaving peer")

func hostile(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errHostile, fmt.Sprintf(format, args...))
}

// frames are whole messages on one connection. One goroutine reads and one
// writes.
type frames interface {
	// read returns the next message. wants says how many bytes of a payload
	// are wanted, -1 for none: then the payload is not kept and is nil.
	read(wants func(command string) int) (command string, payload []byte, err error)
	// write puts a message into the buffer.
	write(m wire.Message, enc wire.MessageEncoding) error
	flush() error
}

const (
	headerSize = 24             // of a v1 message: magic, command, length, checksum
	maxSkipped = 4_000_000      // bytes of a message that is read only to be forgotten
	maxPacket  = maxSkipped + 1 // bytes of contents of a v2 packet (BIP 324)
	kept       = 64 << 10       // bytes of buffer that are used again for the next message
)

// plain is the first transport: a header with magic and checksum, no secrecy.
type plain struct {
	r     *bufio.Reader
	w     *bufio.Writer
	magic wire.BitcoinNet
	pver  uint32
	buf   []byte
}

func (p *plain) read(wants func(string) int) (string, []byte, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(p.r, head[:]); err != nil {
		return "", nil, err
	}
	command, size, sum, err := parseHeader(head, p.magic)
	if err != nil {
		return "", nil, err
	}
	want := wants(command)
	switch {
	case want < 0 && size > maxSkipped, want >= 0 && size > want:
		return "", nil, hostile("%s of %d bytes", command, size)
	case want < 0:
		_, err := io.CopyN(io.Discard, p.r, int64(size))
		return command, nil, err
	}
	payload := p.buffer(size)
	if _, err := io.ReadFull(p.r, payload); err != nil {
		return "", nil, err
	}
	if got := chainhash.DoubleHashB(payload); !bytes.Equal(got[:4], sum[:]) {
		return "", nil, hostile("%s with a wrong checksum", command)
	}
	return command, payload, nil
}

// buffer is one that is used again, if it is small.
func (p *plain) buffer(size int) []byte {
	if size > kept {
		return make([]byte, size)
	}
	if p.buf == nil {
		p.buf = make([]byte, kept)
	}
	return p.buf[:size]
}

func (p *plain) write(m wire.Message, enc wire.MessageEncoding) error {
	_, err := wire.WriteMessageWithEncodingN(p.w, m, p.pver, p.magic, enc)
	return err
}

func (p *plain) flush() error { return p.w.Flush() }

// parseHeader takes the header of a v1 message apart.
func parseHeader(head [headerSize]byte, magic wire.BitcoinNet) (command string, size int, sum [4]byte, err error) {
	if got := wire.BitcoinNet(binary.LittleEndian.Uint32(head[:4])); got != magic {
		return "", 0, sum, hostile("another network: magic %08x", uint32(got))
	}
	command, err = parseCommand(head[4:16])
	size = int(binary.LittleEndian.Uint32(head[16:20]))
	copy(sum[:], head[20:])
	return command, size, sum, err
}

// parseCommand reads a name of printable ASCII, filled up with zeros.
func parseCommand(b []byte) (string, error) {
	name, fill, _ := bytes.Cut(b, []byte{0})
	for _, c := range name {
		if c < ' ' || c > '~' {
			return "", hostile("a command that is no text")
		}
	}
	if len(name) == 0 || len(bytes.Trim(fill, "\x00")) > 0 {
		return "", hostile("a command that is no text")
	}
	return string(name), nil
}
