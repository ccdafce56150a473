package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that no printing, logging or encoding shows.
//
// It is held behind a pointer because fmt ignores methods of values in
// unexported fields: there it prints an address instead of the text.
type Secret struct {
	text *string
}

const hidden = "[secret]"

// NewSecret hides text. The empty text is no secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is no secret.
func (s Secret) Empty() bool { return s.text == nil }

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Format answers every verb alike: %d and %x would show a plain string.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }
