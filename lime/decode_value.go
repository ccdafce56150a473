package lime

import (
	"encoding/json"
	"strconv"
	"strings"
)

// text reads a string; a number is as good. All else is wrong.
func (d *decoder) text(name, value string, code Code) string {
	if value == "" {
		return ""
	}
	s, ok := unquote(value)
	if !ok && (value[0] == '-' || '0' <= value[0] && value[0] <= '9') {
		return value
	}
	if !ok {
		d.fail(code, "%s is not a string", name)
	}
	return s
}

func (d *decoder) node(name, value string, code Code) Node {
	n, err := ParseNode(d.text(name, value, code))
	if err != nil {
		d.fail(code, "%s is not an address", name)
	}
	return n
}

// because reads a reason; whatever of it makes no sense is left out.
func (d *decoder) because() *Reason {
	if !strings.HasPrefix(d.reason, "{") || d.deep {
		return nil
	}
	r := &Reason{Code: General}
	eachField(d.reason, func(name, value string) {
		switch name {
		case "code":
			if n, err := strconv.ParseInt(loose(value), 10, 32); err == nil {
				r.Code = Code(n)
			}
		case "description":
			r.Description = loose(value)
		}
	})
	return r
}

func (d *decoder) session(h Header) *Session {
	s := &Session{Header: h, State: State(d.text("state", d.state, Validation)),
		Scheme: Scheme(d.text("scheme", d.scheme, AuthenticationFailed)), Reason: d.because(),
		Encryption:  Encryption(d.text("encryption", d.encryption, NegotiationInvalid)),
		Compression: Compression(d.text("compression", d.compression, NegotiationInvalid)),
	}
	if !d.deep {
		s.EncryptionOptions = options[Encryption](d.encryptions)
		s.CompressionOptions = options[Compression](d.compressions)
		s.SchemeOptions = options[Scheme](d.schemes)
		s.Authentication = d.authentication()
	}
	switch s.State {
	case StateNew, StateNegotiating, StateAuthenticating, StateEstablished, StateFinishing, StateFinished, StateFailed:
	default:
		d.fail(Validation, "there is no such state")
	}
	return s
}

// options reads a list of strings; what is none is left out.
func options[T ~string](list string) (all []T) {
	var raw []json.RawMessage
	if list == "" || json.Unmarshal([]byte(list), &raw) != nil {
		return nil
	}
	for _, v := range raw {
		if s, ok := unquote(string(v)); ok {
			all = append(all, T(s))
		}
	}
	return all
}

// authentication reads the proof. Its scheme is the session's: some repeat it
// inside, which means nothing.
func (d *decoder) authentication() *Authentication {
	if !strings.HasPrefix(d.auth, "{") {
		return nil
	}
	a := &Authentication{}
	a.Scheme = Scheme(loose(d.scheme))
	eachField(d.auth, func(name, value string) {
		s, ok := unquote(value)
		if !ok {
			return
		}
		switch name {
		case "password":
			a.Password, a.Raw = unbase64(s), s
		case "key":
			a.Key, a.Raw = unbase64(s), s
		case "token":
			a.Token, a.Raw = unbase64(s), s
		case "issuer":
			a.Issuer = s
		}
	})
	return a
}

// loose reads any value as text: strings as they are, null as nothing, all
// else as it is written.
func loose(value string) string {
	if s, ok := unquote(value); ok {
		return s
	}
	if value == "null" {
		return ""
	}
	return value
}

// unquote reads a JSON string. Valid strings without escapes are not copied.
func unquote(value string) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	if inner := value[1 : len(value)-1]; !hasEscape(inner) {
		return inner, true
	}
	var s string
	if json.Unmarshal([]byte(value), &s) != nil {
		return "", false
	}
	return s, true
}

func hasEscape(s string) bool { return strings.IndexByte(s, '\\') >= 0 }
