package component

import (
	"encoding/xml"
	"errors"
	"io"
	"time"

	"mellium.im/xmlstream"
)

const (
	nsAccept = "jabber:component:accept"
	nsClient = "jabber:client"
)

// reader takes every stanza off the stream. It never writes and never waits,
// and no stanza ends it.
type reader struct {
	c *Component
	l *link
}

// HandleXMPP reads one stanza whole. Only a broken stream is an error.
func (r reader) HandleXMPP(t xmlstream.TokenReadEncoder, start *xml.StartElement) error {
	e, err := readElement(t, start)
	if err != nil {
		return err
	}
	now := time.Now()
	r.l.heard.Store(now.UnixNano())
	defer r.c.logPanic("reader")
	r.c.take(r.l, newStanza(e, r.c.cfg.Domain))
	return nil
}

// readElement reads the element that start began, whole. Names in the
// stream's own namespace get the empty one, so that <body/> is <body/> from
// every server.
func readElement(r xml.TokenReader, start *xml.StartElement) (*Element, error) {
	root := newElement(start.Name, start.Attr)
	open := []unfinished{{Element: root}}
	for {
		tok, err := r.Token()
		if n := len(open); n > 0 {
			switch t := tok.(type) {
			case xml.StartElement:
				e := newElement(t.Name, t.Attr)
				open[n-1].Children = append(open[n-1].Children, e)
				open = append(open, unfinished{Element: e})
			case xml.EndElement:
				open[n-1].finish()
				open = open[:n-1]
			case xml.CharData:
				open[n-1].say(t)
			}
		}
		if errors.Is(err, io.EOF) || (err == nil && tok == nil) {
			if len(open) > 0 {
				open[0].finish()
			}
			return root, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// unfinished is an element whose end is to come. Its text may come in many
// pieces, with children between them.
type unfinished struct {
	*Element
	more []byte // all of the text, if there is more than one piece
}

func (u *unfinished) say(piece xml.CharData) {
	switch {
	case u.more != nil:
		u.more = append(u.more, piece...)
	case u.Text == "":
		u.Text = string(piece)
	default:
		u.more = append([]byte(u.Text), piece...)
	}
}

func (u *unfinished) finish() {
	if u.more != nil {
		u.Text = string(u.more)
	}
}

func newElement(name xml.Name, attrs []xml.Attr) *Element {
	if name.Space == nsAccept || name.Space == nsClient {
		name.Space = ""
	}
	e := &Element{Name: name}
	for i, a := range attrs {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		if e.Attr == nil {
			e.Attr = make([]xml.Attr, 0, len(attrs)-i)
		}
		e.Attr = append(e.Attr, a)
	}
	return e
}
