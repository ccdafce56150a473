package lime

import (
	"encoding/base64"
	"strings"
)

// Scheme is a way to prove who one is.
type Scheme string

// The five schemes.
const (
	SchemeGuest     Scheme = "guest"     // nobody: a temporary identity
	SchemePlain     Scheme = "plain"     // a password
	SchemeKey       Scheme = "key"       // a key, for bots
	SchemeTransport Scheme = "transport" // the certificate of the TLS connection
	SchemeExternal  Scheme = "external"  // a token of an issuer
)

// Authentication is the proof that goes with a scheme. The secrets are as a
// person knows them; on the wire they are base64.
type Authentication struct {
	Scheme   Scheme
	Password string
	Key      string
	Token    string
	Issuer   string
	// Raw is the secret as it was on the wire. Some send keys and tokens
	// without base64, and a few of those look like base64.
	Raw string
}

// AsGuest asks for a temporary identity.
func AsGuest() Authentication { return Authentication{Scheme: SchemeGuest} }

// WithPassword authenticates by password.
func WithPassword(password string) Authentication {
	return Authentication{Scheme: SchemePlain, Password: password}
}

// WithKey authenticates by a bot's key.
func WithKey(key string) Authentication { return Authentication{Scheme: SchemeKey, Key: key} }

// WithCertificate authenticates by the client's TLS certificate.
func WithCertificate() Authentication { return Authentication{Scheme: SchemeTransport} }

// WithToken authenticates by a token that issuer knows.
func WithToken(token, issuer string) Authentication {
	return Authentication{Scheme: SchemeExternal, Token: token, Issuer: issuer}
}

// String shows no secrets.
func (a Authentication) String() string { return string(a.Scheme) + " authentication" }

// GoString shows no secrets.
func (a Authentication) GoString() string { return "lime.Authentication{" + string(a.Scheme) + "}" }

// unbase64 decodes a secret. Padding may be missing; what is not base64 is
// taken as it is.
func unbase64(s string) string {
	b, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return s
	}
	return string(b)
}
