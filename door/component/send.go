package component

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/bitcoim/bitcoim/door/component/wire"
)

// send hands a stanza to the wire. It waits for room there, and a moment for
// a connection if there is none. The stanza says from and to itself. An answer
// to an iq that cannot be written becomes an error that can.
func (c *Component) send(ctx context.Context, e *Element) error {
	l, err := c.awaitLink(ctx)
	if err != nil {
		c.tally.lost.Add(1)
		return err
	}
	if err := l.conn.WaitRoom(ctx); err != nil {
		c.tally.lost.Add(1)
		return err
	}
	err = l.write(e)
	if errors.Is(err, wire.ErrTag) && e.Name.Local == "iq" {
		plain := El("", "iq").With("type", "error").With("from", e.Value("from")).With("to", e.Value("to")).With("id", e.Value("id"))
		r := refusal{Type: string(errNotAcceptable.Type), Condition: string(errNotAcceptable.Condition)}
		err = l.write(plain.Add(r.element()))
	}
	if err != nil {
		c.tally.lost.Add(1)
		return err
	}
	c.tally.count(&c.tally.out, e.Name.Local)
	return nil
}

// write encodes e and hands it to the wire in one piece. It goes past the
// session, which would cut a long one in two; the wire puts stanzas together.
// wire.ErrTag means that e cannot be written, and nothing was.
func (l *link) write(e *Element) error {
	s := scratchPool.Get().(*scratch)
	s.bytes.Reset()
	if e.Value("id") == "" { // every stanza has one (RFC 6120 §8.1.3)
		named := *e
		named.Attr = append(slices.Clip(e.Attr), xml.Attr{Name: xml.Name{Local: "id"}, Value: rand.Text()})
		e = &named
	}
	if err := s.encode(e, ""); err != nil {
		return fmt.Errorf("component: %w", err) // the encoder is of no use any more
	}
	if err := s.xml.Flush(); err != nil {
		return fmt.Errorf("component: %w", err)
	}
	_, err := l.conn.Write(s.bytes.Bytes())
	if s.bytes.Cap() <= keep {
		scratchPool.Put(s)
	}
	return err
}

// keep is how large a buffer may have grown to be used again.
const keep = 64 << 10

// scratch saves an encoder for each stanza sent, and a slice of attributes for
// each of its elements.
type scratch struct {
	attr  []xml.Attr
	bytes bytes.Buffer
	xml   *xml.Encoder
}

var scratchPool = sync.Pool{New: func() any {
	s := new(scratch)
	s.xml = xml.NewEncoder(&s.bytes)
	return s
}}

// encode writes e. An element without a namespace, or in its parent's, does
// not say it.
func (s *scratch) encode(e *Element, space string) error {
	name := e.Name
	if name.Space == space {
		name.Space = ""
	} else if name.Space != "" {
		space = name.Space
	}
	s.attr = append(s.attr[:0], e.Attr...)
	for i := range s.attr {
		if s.attr[i].Name.Local == "lang" {
			s.attr[i].Name = xml.Name{Local: "xml:lang"}
		}
	}
	if err := s.xml.EncodeToken(xml.StartElement{Name: name, Attr: s.attr}); err != nil {
		return err
	}
	if e.Text != "" {
		if err := s.xml.EncodeToken(xml.CharData(e.Text)); err != nil {
			return err
		}
	}
	for _, c := range e.Children {
		if err := s.encode(c, space); err != nil {
			return err
		}
	}
	return s.xml.EncodeToken(xml.EndElement{Name: name})
}
