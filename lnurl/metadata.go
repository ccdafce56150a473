package lnurl

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
)

// Metadata is what a payment is for (LUD-06). The words are cleaned for
// showing; what is hashed is the text as it came.
type Metadata struct {
	Plain      string // text/plain, a short description
	Long       string // text/long-desc (LUD-20), or ""
	Identifier string // text/identifier or text/email (LUD-16), or ""
	raw        string
}

// Most of what a Metadata may have.
const (
	mostEntries  = 64
	longestPlain = 640 // characters
	longestLong  = 2000
)

// ParseMetadata reads the JSON array that stands as a string in an offer. One
// text/plain must be there; kinds that we do not know are passed over.
func ParseMetadata(raw string) (Metadata, error) {
	m := Metadata{raw: raw}
	var entries [][]json.RawMessage
	if err := json.Unmarshal([]byte(raw), &entries); err != nil {
		return Metadata{}, errors.New("metadata is not a list of lists")
	}
	if len(entries) > mostEntries {
		return Metadata{}, errors.New("metadata has too many entries")
	}
	plains := 0
	for _, entry := range entries {
		if len(entry) == 0 {
			return Metadata{}, errors.New("metadata has an empty entry")
		}
		kind, ok := object{"": entry[0]}.text("")
		if !ok {
			return Metadata{}, errors.New("metadata has an entry without a kind")
		}
		var into *string
		limit := longestPlain
		switch kind {
		case "text/plain":
			plains++
			into = &m.Plain
		case "text/long-desc":
			into, limit = &m.Long, longestLong
		case "text/identifier", "text/email":
			into = &m.Identifier
		default:
			continue
		}
		if len(entry) < 2 {
			return Metadata{}, errors.New("metadata has a kind without words")
		}
		words, ok := object{"": entry[1]}.text("")
		if !ok {
			return Metadata{}, errors.New("metadata has words that are none")
		}
		*into = clean(words, limit)
	}
	if plains != 1 {
		return Metadata{}, errors.New("metadata needs one text/plain")
	}
	return m, nil
}

// NewMetadata is the metadata of a payment to identifier (LUD-16). An empty
// long is left out.
func NewMetadata(plain, identifier, long string) (Metadata, error) {
	entries := [][2]string{{"text/plain", plain}, {"text/identifier", identifier}}
	if long != "" {
		entries = append(entries, [2]string{"text/long-desc", long})
	}
	raw, err := encode(entries)
	if err != nil {
		return Metadata{}, err
	}
	return ParseMetadata(string(raw))
}

// String is the metadata as it is sent and hashed.
func (m Metadata) String() string { return m.raw }

// Hash is what an invoice must have as its description hash (BOLT 11, h).
func (m Metadata) Hash() [32]byte { return sha256.Sum256([]byte(m.raw)) }

// encode writes JSON without the escapes that only HTML needs.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
