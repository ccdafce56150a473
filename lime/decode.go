package lime

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/lime/internal/jsonscan"
)

// maxDepth is how deeply the JSON of an envelope may be nested.
const maxDepth = 64

// Decode reads one envelope from the bytes of one JSON object, which it does
// not keep. Unknown fields are ignored, and nulls are as good as absent.
//
// What makes no sense is a *[Reason], and the envelope is returned as far as it
// could be read, so that its sender can be told. Bytes that are not a JSON
// object are ErrNotJSON, without an envelope.
func Decode(b []byte) (Envelope, error) {
	if n := jsonscan.Blank(b); n == len(b) || b[n] != '{' {
		return nil, ErrNotJSON
	}
	// Before the bytes are parsed, as parsers may be recursive.
	d := &decoder{deep: jsonscan.Depth(b) > maxDepth}
	if !d.deep && !json.Valid(b) {
		return nil, ErrNotJSON
	}
	if d.deep {
		d.wrong = Errorf(Validation, "the JSON is nested more than %d levels deep", maxDepth)
	} else if !utf8.Valid(b) {
		d.wrong = Errorf(Validation, "the text is not UTF-8")
	}
	eachField(string(b), d.field)
	e := d.envelope()
	if d.wrong != nil {
		return e, d.wrong
	}
	return e, nil
}

// decoder holds the raw values of the fields that there are, "" if absent.
type decoder struct {
	id, from, to, pp, metadata    string
	kind, content                 string
	event, reason                 string
	method, uri, resource, status string
	state, scheme, schemes, auth  string
	encryption, encryptions       string
	compression, compressions     string
	wrong                         *Reason
	deep                          bool // nested too deeply: values are not looked into
}

func (d *decoder) place(name string) *string {
	switch name {
	case "id":
		return &d.id
	case "from":
		return &d.from
	case "to":
		return &d.to
	case "pp":
		return &d.pp
	case "metadata":
		return &d.metadata
	case "type":
		return &d.kind
	case "content":
		return &d.content
	case "event":
		return &d.event
	case "reason":
		return &d.reason
	case "method":
		return &d.method
	case "uri":
		return &d.uri
	case "resource":
		return &d.resource
	case "status":
		return &d.status
	}
	return d.sessionPlace(name)
}

func (d *decoder) sessionPlace(name string) *string {
	switch name {
	case "state":
		return &d.state
	case "scheme":
		return &d.scheme
	case "schemeOptions":
		return &d.schemes
	case "authentication":
		return &d.auth
	case "encryption":
		return &d.encryption
	case "encryptionOptions":
		return &d.encryptions
	case "compression":
		return &d.compression
	case "compressionOptions":
		return &d.compressions
	}
	return nil
}

func (d *decoder) field(name, value string) {
	p := d.place(name)
	if p == nil {
		return
	}
	if value == "null" && name != "content" {
		value = ""
	}
	*p = value
}

// fail remembers the first thing that is wrong.
func (d *decoder) fail(code Code, format string, args ...any) {
	if d.wrong == nil {
		d.wrong = Errorf(code, format, args...)
	}
}

// envelope tells the kinds apart by their keys, in the order that the
// reference server has.
func (d *decoder) envelope() Envelope {
	h := d.header()
	switch {
	case d.content != "":
		return &Message{h, d.message()}
	case d.event != "":
		return d.notification(h)
	case d.method != "":
		return d.command(h)
	case d.state != "":
		return d.session(h)
	}
	d.fail(Validation, "an envelope has content, event, method or state")
	return &Message{Header: h}
}

func (d *decoder) header() Header {
	h := Header{
		ID:   d.text("id", d.id, Validation),
		From: d.node("from", d.from, InvalidIdentity),
		To:   d.node("to", d.to, InvalidRecipients),
		PP:   d.node("pp", d.pp, InvalidIdentity),
	}
	if strings.HasPrefix(d.metadata, "{") && !d.deep {
		h.Metadata = map[string]string{}
		eachField(d.metadata, func(name, value string) { h.Metadata[name] = loose(value) })
	}
	return h
}

func (d *decoder) message() Document {
	if d.content == "null" {
		d.fail(EmptyDocument, "the message has no content")
		return nil
	}
	return d.document(d.content, "content")
}

func (d *decoder) notification(h Header) *Notification {
	n := &Notification{Header: h, Event: Event(d.text("event", d.event, Validation)), Reason: d.because()}
	switch n.Event {
	case Accepted, Dispatched, Received, Consumed, Failed, Validated, Authorized, Deleted:
	default:
		d.fail(Validation, "there is no such event")
	}
	return n
}

func (d *decoder) command(h Header) *Command {
	c := &Command{Header: h, Method: Method(d.text("method", d.method, InvalidMethod)), URI: URI(d.text("uri", d.uri, InvalidMethod)),
		Status: Status(d.text("status", d.status, InvalidStatus)), Reason: d.because()}
	switch c.Status {
	case Pending:
		c.Status = ""
	case "", Success, Failure:
	default:
		d.fail(InvalidStatus, "there is no such status")
	}
	switch {
	case c.Method == "":
		d.fail(InvalidMethod, "the command has no method")
	case c.Method == Observe && c.IsResponse():
		d.fail(InvalidMethod, "nobody responds to observe")
	case !c.IsResponse() && c.URI == "":
		d.fail(InvalidMethod, "the command has no uri")
	case c.ID == "" && c.Method != Observe:
		d.fail(Validation, "the command has no id")
	}
	if d.resource != "" {
		c.Resource = d.document(d.resource, "resource")
	}
	return c
}

func (d *decoder) document(value, name string) Document {
	t, err := ParseMediaType(d.text("type", d.kind, InvalidResource))
	if err != nil {
		d.fail(InvalidResource, "the %s needs a media type", name)
		return nil
	}
	if !t.IsJSON() && value[0] != '"' {
		d.fail(InvalidResource, "a %s of this type is a JSON string", name)
		return nil
	}
	return Raw{Type: t, JSON: json.RawMessage(value), checked: true}
}
