package component

import (
	"encoding/xml"
	"strings"
)

// Element is one XML element, read whole or to be sent. Text is the
// character data of the element itself, without that of its children.
type Element struct {
	Name     xml.Name
	Attr     []xml.Attr
	Text     string
	Children []*Element
}

// El builds an element to send. Without a space it is in its parent's.
func El(space, local string, children ...*Element) *Element {
	return &Element{Name: xml.Name{Space: space, Local: local}, Children: children}
}

// Says sets the text of e and returns e.
func (e *Element) Says(text string) *Element { e.Text = text; return e }

// With adds an attribute and returns e. An empty value adds none.
func (e *Element) With(name, value string) *Element {
	if value != "" {
		e.Attr = append(e.Attr, xml.Attr{Name: xml.Name{Local: name}, Value: value})
	}
	return e
}

// Add appends children and returns e. Nil children are left out.
func (e *Element) Add(children ...*Element) *Element {
	for _, c := range children {
		if c != nil {
			e.Children = append(e.Children, c)
		}
	}
	return e
}

// Value is the attribute of that local name, "" if there is none.
func (e *Element) Value(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.Attr {
		if a.Name.Local == name && (a.Name.Space == "" || a.Name.Space == "xml" || a.Name.Space == nsXML) {
			return a.Value
		}
	}
	return ""
}

const nsXML = "http://www.w3.org/XML/1998/namespace"

// Child is the first child of that name, nil if there is none.
func (e *Element) Child(space, local string) *Element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Name.Local == local && c.Name.Space == space {
			return c
		}
	}
	return nil
}

// ChildText is the trimmed text of the first child of that name.
func (e *Element) ChildText(space, local string) string {
	c := e.Child(space, local)
	if c == nil {
		return ""
	}
	return strings.TrimSpace(c.Text)
}
