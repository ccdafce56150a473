package lime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Document is a value with a media type: what messages and commands carry.
//
// What was received is a [Raw]; [As] makes of it what one expects, and [Open]
// what its media type says. A type of an application's own is any type with
// this method that encoding/json can write and read.
type Document interface{ MediaType() MediaType }

// Raw is a document as it was received, or of a type that nobody knows.
type Raw struct {
	Type    MediaType
	JSON    json.RawMessage // a JSON string unless the type is JSON
	checked bool            // JSON is known to be valid
}

// MediaType is the type that it was sent with.
func (r Raw) MediaType() MediaType { return r.Type }

// String shows type and JSON, unless they are a secret.
func (r Raw) String() string {
	if r.Type == TypeSensitive {
		return "(sensitive)"
	}
	return fmt.Sprintf("{%s %s}", r.Type, r.JSON)
}

// MarshalJSON returns the JSON.
func (r Raw) MarshalJSON() ([]byte, error) { return r.JSON, nil }

// TextPlain is the media type of [Text].
const TextPlain MediaType = "text/plain"

// Text is plain text.
type Text string

// MediaType is text/plain.
func (Text) MediaType() MediaType { return TextPlain }

// OtherText is text of a type that is not JSON.
type OtherText struct {
	Type MediaType
	Text string
}

// MediaType is the type that it has.
func (t OtherText) MediaType() MediaType { return t.Type }

// MarshalJSON writes the text as a JSON string.
func (t OtherText) MarshalJSON() ([]byte, error) { return json.Marshal(t.Text) }

// Binary is data of a type that is neither JSON nor text: base64 on the wire.
type Binary struct {
	Type MediaType
	Data []byte
}

// MediaType is the type that it has.
func (b Binary) MediaType() MediaType { return b.Type }

// MarshalJSON writes the data as base64.
func (b Binary) MarshalJSON() ([]byte, error) { return json.Marshal(b.Data) }

// JSON is any value of the type application/json.
type JSON struct{ Value any }

// MediaType is application/json.
func (JSON) MediaType() MediaType { return "application/json" }

// MarshalJSON writes the value.
func (j JSON) MarshalJSON() ([]byte, error) { return appendJSON(nil, j.Value) }

// UnmarshalJSON reads any value; numbers become json.Number.
func (j *JSON) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(&j.Value)
}

// As reads a document as a T, whether it came from a peer or from this program.
// Containers, replies and sensitive documents are unwrapped unless T is one. A
// document of another type is a Reason of code UnsupportedContent, a value
// that makes no sense one of code Validation.
func As[T Document](d Document) (T, error) {
	var t T
	want := t.MediaType()
	for range maxDepth {
		if done, ok := d.(T); ok {
			return done, nil
		}
		if d == nil {
			return t, Errorf(EmptyDocument, "there is no document")
		}
		if d.MediaType() == want {
			break
		}
		inner, err := unwrap(d)
		if err != nil {
			return t, err
		}
		if inner == nil {
			return t, Errorf(UnsupportedContent, "a document of type %s where %s is wanted", d.MediaType(), want)
		}
		d = inner
	}
	if d.MediaType() != want {
		return t, Errorf(UnsupportedContent, "too many documents in each other")
	}
	raw, err := rawOf(d)
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(raw.JSON, &t); err != nil {
		return t, Errorf(Validation, "the %s makes no sense", raw.Type)
	}
	return t, nil
}

// known is how documents of the known types are read.
var known = map[MediaType]func(Raw) (Document, error){
	TextPlain: read[Text], "application/json": read[JSON],
	TypeContainer: read[Container], TypeCollection: read[Collection], TypeList: read[List], TypeSensitive: read[Sensitive], TypeReply: read[Reply],
	TypePing: read[Ping], TypePresence: read[Presence], TypeReceipt: read[Receipt], TypeCapability: read[Capability],
	TypeQuota: read[Quota], TypeDelegation: read[Delegation], TypeAccount: read[Account], TypeContact: read[Contact],
	TypeChatState: read[ChatState], TypeSelect: read[Select], TypeInput: read[Input], TypeWebLink: read[WebLink], TypeMediaLink: read[MediaLink],
	TypeInvoice: read[Invoice], TypeInvoiceStatus: read[InvoiceStatus], TypePaymentReceipt: read[PaymentReceipt],
}

func read[T Document](r Raw) (Document, error) { return As[T](r) }

// Open makes of a document what its media type says: one of the types of this
// package, [OtherText] and [Binary] for what is not JSON, and the same [Raw] for
// JSON of a type that it does not know.
func Open(d Document) (Document, error) {
	r, ok := d.(Raw)
	if !ok {
		return d, nil
	}
	if open := known[r.Type]; open != nil {
		return open(r)
	}
	if r.Type.IsJSON() {
		return r, nil
	}
	if r.Type.IsText() {
		var s string
		if json.Unmarshal(r.JSON, &s) != nil {
			return nil, Errorf(Validation, "the %s is not a string", r.Type)
		}
		return OtherText{r.Type, s}, nil
	}
	b := Binary{Type: r.Type}
	if json.Unmarshal(r.JSON, &b.Data) != nil {
		return nil, Errorf(Validation, "the %s is not base64", r.Type)
	}
	return b, nil
}

// rawOf writes a document, unless it is written already.
func rawOf(d Document) (Raw, error) {
	if r, ok := d.(Raw); ok {
		return r, nil
	}
	if d == nil || reflect.ValueOf(d).Kind() == reflect.Pointer && reflect.ValueOf(d).IsNil() {
		return Raw{}, fmt.Errorf("lime: no document")
	}
	b, err := appendJSON(nil, d)
	return Raw{d.MediaType(), b, true}, err
}

// unwrap returns what is inside a wrapper, nil if d is none.
func unwrap(d Document) (Document, error) {
	switch d.MediaType() {
	case TypeContainer, TypeSensitive:
		c, err := As[Container](retyped(d, TypeContainer))
		return c.Value, err
	case TypeReply:
		r, err := As[Reply](d)
		return r.Replied, err
	}
	return nil, nil
}

// retyped gives a raw document another type of the same form.
func retyped(d Document, t MediaType) Document {
	switch d := d.(type) {
	case Raw:
		d.Type = t
		return d
	case Sensitive:
		return Container(d)
	}
	return d
}
