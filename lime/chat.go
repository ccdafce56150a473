package lime

import (
	"encoding/json"
	"strconv"
)

// Media types of conversations.
const (
	TypeChatState MediaType = "application/vnd.lime.chatstate+json"
	TypeSelect    MediaType = "application/vnd.lime.select+json"
	TypeInput     MediaType = "application/vnd.lime.input+json"
	TypeWebLink   MediaType = "application/vnd.lime.web-link+json"
	TypeMediaLink MediaType = "application/vnd.lime.media-link+json"
)

// ChatState says what somebody does: starting, composing, paused, deleting or
// gone.
type ChatState struct {
	State string `json:"state"`
}

// MediaType is TypeChatState.
func (ChatState) MediaType() MediaType { return TypeChatState }

// Select asks to choose one of some options. The answer is the value of the
// option, as a message of its own.
type Select struct {
	Scope   string   `json:"scope,omitempty"` // transient, persistent or immediate
	Text    string   `json:"text"`
	Options []Option `json:"options"`
}

// MediaType is TypeSelect.
func (Select) MediaType() MediaType { return TypeSelect }

// Option is one of a Select. Without a value, its text is the answer.
type Option struct {
	Order int
	Text  string
	Value Document
}

// MarshalJSON writes the option with its value's type.
func (o Option) MarshalJSON() ([]byte, error) {
	b := append([]byte(`{"text":`), appendString(nil, o.Text)...)
	if o.Order != 0 {
		b = strconv.AppendInt(append(b, `,"order":`...), int64(o.Order), 10)
	}
	if o.Value != nil {
		raw, err := rawOf(o.Value)
		if err != nil {
			return nil, err
		}
		b = append(append(b, ','), appendTyped(raw)[1:]...)
		return b, nil
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads an option; its value stays raw.
func (o *Option) UnmarshalJSON(b []byte) error {
	var in struct {
		Order int    `json:"order"`
		Text  string `json:"text"`
	}
	var value Container
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	if err := value.UnmarshalJSON(b); err != nil {
		return err
	}
	*o = Option{in.Order, in.Text, value.Value}
	return nil
}

// Input asks for something to be written.
type Input struct {
	Label      Container   `json:"label"`
	Validation *InputCheck `json:"validation,omitempty"`
}

// MediaType is TypeInput.
func (Input) MediaType() MediaType { return TypeInput }

// InputCheck is what an input has to be: text, number, date, regex or type.
type InputCheck struct {
	Rule  string    `json:"rule"`
	Regex string    `json:"regex,omitempty"`
	Type  MediaType `json:"type,omitempty"`
	Error string    `json:"error,omitempty"`
}

// WebLink is a link to a page.
type WebLink struct {
	URI   string `json:"uri"`
	Title string `json:"title,omitempty"`
	Text  string `json:"text,omitempty"`
}

// MediaType is TypeWebLink.
func (WebLink) MediaType() MediaType { return TypeWebLink }

// MediaLink is a link to a picture, a sound or a file.
type MediaLink struct {
	Type  MediaType `json:"type,omitempty"`
	Size  int64     `json:"size,omitempty"` // bytes
	URI   string    `json:"uri"`
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text,omitempty"`
}

// MediaType is TypeMediaLink.
func (MediaLink) MediaType() MediaType { return TypeMediaLink }
