package component

import (
	"context"
	"encoding/xml"
	"sync"

	"mellium.im/xmlstream"
)

// send hands a stanza to the wire. It waits for room there, and a moment for
// a connection if there is none. The stanza says from and to itself.
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
	if err := l.write(e); err != nil {
		c.tally.lost.Add(1)
		return err
	}
	c.tally.count(&c.tally.out, e.Name.Local)
	return nil
}

// write encodes e on the session. One stanza is one flush; the wire puts
// flushes together.
func (l *link) write(e *Element) (err error) {
	w := l.session.TokenWriter()
	defer func() {
		if cerr := w.Close(); err == nil {
			err = cerr
		}
	}()
	s := scratchPool.Get().(*scratch)
	defer scratchPool.Put(s)
	return s.encode(w, e, "")
}

// scratch saves a slice of attributes per element sent.
type scratch struct{ attr []xml.Attr }

var scratchPool = sync.Pool{New: func() any { return new(scratch) }}

// encode writes e. An element without a namespace, or in its parent's, does
// not say it.
func (s *scratch) encode(w xmlstream.TokenWriter, e *Element, space string) error {
	name := e.Name
	if name.Space == space {
		name.Space = ""
	} else if name.Space != "" {
		space = name.Space
	}
	// The session edits the slice in place; e may be sent again.
	s.attr = append(s.attr[:0], e.Attr...)
	for i := range s.attr {
		if s.attr[i].Name.Local == "lang" {
			s.attr[i].Name = xml.Name{Local: "xml:lang"}
		}
	}
	if err := w.EncodeToken(xml.StartElement{Name: name, Attr: s.attr}); err != nil {
		return err
	}
	if e.Text != "" {
		if err := w.EncodeToken(xml.CharData(e.Text)); err != nil {
			return err
		}
	}
	for _, c := range e.Children {
		if err := s.encode(w, c, space); err != nil {
			return err
		}
	}
	return w.EncodeToken(xml.EndElement{Name: name})
}
