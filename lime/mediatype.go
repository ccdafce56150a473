package lime

import "strings"

// MediaType says what a document is: type/subtype[+suffix], in lower case and
// without parameters.
type MediaType string

// ParseMediaType reads a media type. Parameters are dropped; what is not
// type/subtype is an error of code InvalidResource.
func ParseMediaType(s string) (MediaType, error) {
	s, _, _ = strings.Cut(s, ";")
	s = strings.ToLower(strings.TrimSpace(s))
	kind, sub, ok := strings.Cut(s, "/")
	if !ok || kind == "" || sub == "" || strings.ContainsAny(s, " \t\r\n\"") || strings.Contains(sub, "/") {
		return "", Errorf(InvalidResource, "not a media type")
	}
	return MediaType(s), nil
}

// IsJSON reports whether documents of this type are JSON values. All others
// are JSON strings: text as it is, binary data as base64.
func (t MediaType) IsJSON() bool {
	return strings.HasSuffix(string(t), "+json") || strings.HasSuffix(string(t), "/json")
}

// IsText reports whether it is a kind of text.
func (t MediaType) IsText() bool { return strings.HasPrefix(string(t), "text/") }
