package transport_test

import (
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/bitcoim/bitcoim/lime/internal/transport"
)

// FuzzStream cuts a stream anywhere: what is found in it does not depend on
// how it came.
func FuzzStream(f *testing.F) {
	f.Add([]byte(`{"a":"}"} {"b":[{}]}`+"\n"+`{"c":"\"{"}`), uint8(3))
	f.Add([]byte(`{"a":1}x`), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, step uint8) {
		whole, cut := receive(in, len(in)), receive(in, int(step)+1)
		if len(whole) != len(cut) {
			t.Fatalf("%q: %d envelopes in one piece, %d in pieces of %d", in, len(whole), len(cut), int(step)+1)
		}
		for i := range whole {
			if !bytes.Equal(whole[i], cut[i]) {
				t.Fatalf("%q and %q", whole[i], cut[i])
			}
		}
	})
}

// receive reads all envelopes of a stream that comes in pieces.
func receive(in []byte, size int) (all [][]byte) {
	tr := transport.NewTCP(&pieces{in: in, size: max(1, size)}, true, nil)
	for {
		b, err := tr.Receive()
		if err != nil {
			return all
		}
		all = append(all, bytes.Clone(b))
	}
}

// pieces is a connection that gives a few bytes at a time.
type pieces struct {
	net.Conn
	in   []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.in[:min(p.size, len(p.in))])
	p.in = p.in[n:]
	return n, nil
}
