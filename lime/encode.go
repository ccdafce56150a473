package lime

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Encode writes an envelope as one JSON object, without nulls and without
// empty fields. Errors are for the programmer: a document that cannot be
// written, a message without content, a command without a method.
func Encode(e Envelope) ([]byte, error) { return appendEnvelope(make([]byte, 0, 256), e.Head(), e) }

// appendEnvelope appends the JSON of e to b, with h in the place of its header.
func appendEnvelope(b []byte, h *Header, e Envelope) (_ []byte, err error) {
	w := writer{b: append(b, '{')}
	w.header(h)
	switch e := e.(type) {
	case *Message:
		if e.Content == nil {
			return nil, errors.New("lime: a message without content")
		}
		err = w.document("content", e.Content)
	case *Notification:
		if e.Event == "" {
			return nil, errors.New("lime: a notification without an event")
		}
		w.text("event", string(e.Event))
		w.reason(e.Reason)
	case *Command:
		err = w.command(e)
	case *Session:
		err = w.session(e)
	default:
		err = fmt.Errorf("lime: %T is no envelope", e)
	}
	if err != nil {
		return nil, err
	}
	return append(w.b, '}'), nil
}

// writer appends fields to a JSON object.
type writer struct{ b []byte }

func (w *writer) name(name string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

// text writes a string field, or nothing if it is empty.
func (w *writer) text(name, value string) {
	if value != "" {
		w.name(name)
		w.b = appendString(w.b, value)
	}
}

func (w *writer) node(name string, n Node) {
	if !n.IsZero() {
		w.text(name, n.String())
	}
}

func (w *writer) header(h *Header) {
	w.text("id", h.ID)
	w.node("from", h.From)
	w.node("to", h.To)
	w.node("pp", h.PP)
	if len(h.Metadata) == 0 {
		return
	}
	w.name("metadata")
	w.b = append(w.b, '{')
	for i, k := range slices.Sorted(maps.Keys(h.Metadata)) {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = appendString(w.b, k)
		w.b = append(w.b, ':')
		w.b = appendString(w.b, h.Metadata[k])
	}
	w.b = append(w.b, '}')
}

// document writes a media type, and its value under the given name.
func (w *writer) document(name string, d Document) (err error) {
	w.text("type", string(d.MediaType()))
	w.name(name)
	switch d := d.(type) {
	case Raw:
		if !d.checked && !json.Valid(d.JSON) {
			return fmt.Errorf("lime: a raw document that is not JSON")
		}
		w.b = append(w.b, d.JSON...)
	case Text:
		w.b = appendString(w.b, string(d))
	default:
		w.b, err = appendJSON(w.b, d)
	}
	return err
}

func (w *writer) reason(r *Reason) {
	if r == nil {
		return
	}
	w.name("reason")
	w.b = append(w.b, `{"code":`...)
	w.b = strconv.AppendInt(w.b, int64(r.Code), 10)
	w.text("description", r.Description)
	w.b = append(w.b, '}')
}

func (w *writer) command(c *Command) error {
	if c.Method == "" {
		return errors.New("lime: a command without a method")
	}
	w.text("method", string(c.Method))
	if c.IsResponse() {
		// With a URI, some would take the response for a request.
		w.text("status", string(c.Status))
	} else {
		w.text("uri", string(c.URI))
	}
	w.reason(c.Reason)
	if c.Resource == nil {
		return nil
	}
	return w.document("resource", c.Resource)
}

func (w *writer) session(s *Session) (err error) {
	w.text("state", string(s.State))
	list(w, "encryptionOptions", s.EncryptionOptions)
	w.text("encryption", string(s.Encryption))
	list(w, "compressionOptions", s.CompressionOptions)
	w.text("compression", string(s.Compression))
	list(w, "schemeOptions", s.SchemeOptions)
	w.text("scheme", string(s.Scheme))
	if a := s.Authentication; a != nil {
		w.name("authentication")
		w.b = append(w.b, '{')
		w.secret("password", a.Password)
		w.secret("key", a.Key)
		w.secret("token", a.Token)
		w.text("issuer", a.Issuer)
		w.b = append(w.b, '}')
	}
	w.reason(s.Reason)
	return nil
}

func (w *writer) secret(name, value string) {
	w.text(name, base64.StdEncoding.EncodeToString([]byte(value)))
}

func list[T ~string](w *writer, name string, all []T) {
	if len(all) == 0 {
		return
	}
	w.name(name)
	w.b = append(w.b, '[')
	for i, s := range all {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = appendString(w.b, string(s))
	}
	w.b = append(w.b, ']')
}

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	if !simple(s) {
		b, _ = appendJSON(b, s) // a string can always be written
		return b
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// simple reports whether s is the same as JSON.
func simple(s string) bool {
	ascii := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == '"' || c == '\\' || c == 0x7f {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(s)
}

// appendJSON appends v as encoding/json writes it, without escapes for HTML.
func appendJSON(b []byte, v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return b, fmt.Errorf("lime: %w", err)
	}
	return append(b, bytes.TrimRight(out.Bytes(), "\n")...), nil
}
