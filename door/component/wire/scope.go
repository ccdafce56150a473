package wire

import "bytes"

// maxBindings is how many namespace declarations may be in scope at once.
// Looking a prefix up walks through them.
const maxBindings = 256

// binding says that a prefix means a namespace.
type binding struct{ prefix, space []byte }

// declare takes the namespace declarations of t into scope.
func (k *checker) declare(t *tag, in *level) Reason {
	for i := range t.attrs {
		a := &t.attrs[i]
		byDefault := string(a.name) == "xmlns"
		if !byDefault && string(a.prefix) != "xmlns" {
			continue
		}
		space := a.value
		if bytes.IndexByte(space, '&') >= 0 {
			space = unescape(space)
		}
		switch string(space) {
		case "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/":
			return NotWellFormed
		}
		if byDefault {
			in.space = space
			continue
		}
		if len(space) == 0 || string(a.local) == "xml" || string(a.local) == "xmlns" {
			return NotWellFormed
		}
		if len(k.scope) == maxBindings {
			return TooManyNamespaces
		}
		k.scope = append(k.scope, binding{a.local, space})
	}
	return harmless
}

// lookup returns the namespace that prefix means.
func (k *checker) lookup(prefix, byDefault []byte) (space []byte, ok bool) {
	if len(prefix) == 0 {
		return byDefault, true
	}
	for i := len(k.scope) - 1; i >= 0; i-- {
		if bytes.Equal(k.scope[i].prefix, prefix) {
			return k.scope[i].space, true
		}
	}
	return nil, string(prefix) == "xml"
}

// unique reports whether every prefix of t's attributes is bound and no two
// attributes mean the same.
func (k *checker) unique(t *tag) bool {
	for i := range t.attrs {
		a := &t.attrs[i]
		if len(a.prefix) > 0 && string(a.prefix) != "xmlns" {
			var ok bool
			if a.space, ok = k.lookup(a.prefix, nil); !ok {
				return false
			}
		}
		for j := range t.attrs[:i] {
			if a.same(&t.attrs[j]) {
				return false
			}
		}
	}
	return true
}

// twoAddresses reports whether t has an attribute that is from, to, id or
// type only for those who do not look at its namespace.
func twoAddresses(t *tag) bool {
	for i := range t.attrs {
		if a := &t.attrs[i]; len(a.prefix) > 0 && a.address() {
			return true
		}
	}
	return false
}
