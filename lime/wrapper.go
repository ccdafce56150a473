package lime

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Media types of documents that hold documents.
const (
	TypeContainer  MediaType = "application/vnd.lime.container+json"
	TypeCollection MediaType = "application/vnd.lime.collection+json"
	TypeList       MediaType = "application/vnd.lime.list+json"
	TypeSensitive  MediaType = "application/vnd.lime.sensitive+json"
	TypeReply      MediaType = "application/vnd.lime.reply+json"
)

// Container is a document with its type beside it.
type Container struct{ Value Document }

// MediaType is TypeContainer.
func (Container) MediaType() MediaType { return TypeContainer }

// MarshalJSON writes type and value.
func (c Container) MarshalJSON() ([]byte, error) {
	if c.Value == nil {
		return []byte("{}"), nil
	}
	raw, err := rawOf(c.Value)
	return appendTyped(raw), err
}

// UnmarshalJSON reads type and value; the value stays raw.
func (c *Container) UnmarshalJSON(b []byte) error {
	var in struct {
		Type  string          `json:"type"`
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	if len(in.Value) == 0 || bytes.Equal(in.Value, []byte("null")) {
		c.Value = nil
		return nil
	}
	t, err := ParseMediaType(in.Type)
	if err != nil {
		return err
	}
	if !t.IsJSON() && in.Value[0] != '"' {
		return Errorf(Validation, "a value of type %s is a JSON string", t)
	}
	c.Value = Raw{t, in.Value, true}
	return nil
}

func appendTyped(r Raw) []byte {
	b := append([]byte(`{"type":`), appendString(nil, string(r.Type))...)
	b = append(b, `,"value":`...)
	return append(append(b, r.JSON...), '}')
}

// Sensitive is a Container for secrets: it must not be logged.
type Sensitive Container

// MediaType is TypeSensitive.
func (Sensitive) MediaType() MediaType { return TypeSensitive }

// MarshalJSON writes type and value.
func (s Sensitive) MarshalJSON() ([]byte, error) { return Container(s).MarshalJSON() }

// UnmarshalJSON reads type and value.
func (s *Sensitive) UnmarshalJSON(b []byte) error { return (*Container)(s).UnmarshalJSON(b) }

// String shows nothing of what is inside.
func (Sensitive) String() string { return "(sensitive)" }

// GoString shows nothing of what is inside.
func (Sensitive) GoString() string { return "(sensitive)" }

// Reply is a message's content that answers another message.
type Reply struct {
	Replied   Document
	InReplyTo string // the id of the message
}

// MediaType is TypeReply.
func (Reply) MediaType() MediaType { return TypeReply }

// reply is a Reply as JSON.
type reply struct {
	Replied   *Container `json:"replied,omitempty"`
	InReplyTo struct {
		ID string `json:"id,omitempty"`
	} `json:"inReplyTo"`
}

// MarshalJSON writes what was replied and to which message.
func (r Reply) MarshalJSON() ([]byte, error) {
	var out reply
	out.InReplyTo.ID = r.InReplyTo
	if r.Replied != nil {
		out.Replied = &Container{r.Replied}
	}
	return appendJSON(nil, out)
}

// UnmarshalJSON reads what was replied; its value stays raw.
func (r *Reply) UnmarshalJSON(b []byte) error {
	var in reply
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	r.InReplyTo = in.InReplyTo.ID
	if in.Replied != nil {
		r.Replied = in.Replied.Value
	}
	return nil
}

// Collection is a list of documents of one type.
type Collection struct {
	Total    int // of all that there are, before a part was taken; at least len(Items)
	ItemType MediaType
	Items    []Document
}

// CollectionOf makes a collection of all items that there are.
func CollectionOf[T Document](items []T) Collection {
	var t T
	c := Collection{Total: len(items), ItemType: t.MediaType(), Items: make([]Document, len(items))}
	for i, item := range items {
		c.Items[i] = item
	}
	return c
}

// Items reads the documents of a collection as Ts.
func Items[T Document](d Document) ([]T, error) {
	c, err := As[Collection](d)
	if err != nil {
		return nil, err
	}
	all := make([]T, len(c.Items))
	for i, item := range c.Items {
		if all[i], err = As[T](item); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// MediaType is TypeCollection.
func (Collection) MediaType() MediaType { return TypeCollection }

// collection is a Collection as JSON. Some write the total as a string.
type collection struct {
	Total    json.Number       `json:"total,omitempty"`
	ItemType MediaType         `json:"itemType"`
	Items    []json.RawMessage `json:"items"`
}

// MarshalJSON writes total, type and items.
func (c Collection) MarshalJSON() ([]byte, error) {
	out := collection{json.Number(strconv.Itoa(max(c.Total, len(c.Items)))), c.ItemType, make([]json.RawMessage, len(c.Items))}
	for i, item := range c.Items {
		raw, err := rawOf(item)
		if err != nil {
			return nil, err
		}
		out.Items[i] = raw.JSON
	}
	return appendJSON(nil, out)
}

// UnmarshalJSON reads a collection; its items stay raw.
func (c *Collection) UnmarshalJSON(b []byte) error {
	var in collection
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	t, err := ParseMediaType(string(in.ItemType))
	if err != nil && len(in.Items) > 0 {
		return err
	}
	*c = Collection{ItemType: t, Items: make([]Document, len(in.Items))}
	if total, err := in.Total.Int64(); err == nil {
		c.Total = int(total)
	}
	c.Total = max(c.Total, len(in.Items))
	for i, item := range in.Items {
		c.Items[i] = Raw{t, item, true}
	}
	return nil
}

// List is documents of different types under a header.
type List struct {
	Header Container   `json:"header"`
	Items  []Container `json:"items"`
}

// MediaType is TypeList.
func (List) MediaType() MediaType { return TypeList }
