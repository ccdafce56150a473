package lime

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/lime/internal/ascii"
)

// maxPart is the longest name, domain or instance, in bytes.
const maxPart = 1023

// Identity is name@domain: an account, wherever it is connected.
type Identity struct{ Name, Domain string }

// ParseIdentity reads an identity as ParseNode does; an instance is an error.
func ParseIdentity(s string) (Identity, error) {
	n, err := ParseNode(s)
	if err == nil && n.Instance != "" {
		err = Errorf(InvalidIdentity, "an instance where an identity is wanted")
	}
	return n.Identity, err
}

// IsZero reports whether neither name nor domain is set.
func (i Identity) IsZero() bool { return i == Identity{} }

// Key is the form that is the same for equal identities: they are compared
// without regard to the case of ASCII letters. What letters beyond those are the
// same, says whoever gives out the names.
func (i Identity) Key() string { return ascii.Fold(i.String()) }

// Equal compares without regard to case.
func (i Identity) Equal(other Identity) bool {
	return i == other || i.Key() == other.Key()
}

func (i Identity) String() string {
	if i.Domain == "" {
		return i.Name
	}
	return i.Name + "@" + i.Domain
}

// Valid says whether an identity may be given to somebody new: a domain, and a
// name without white space and the characters that nodes are written with.
// Addresses of others are not held to it.
func (i Identity) Valid() error {
	if i.Name == "" || i.Domain == "" {
		return Errorf(InvalidIdentity, "an identity is name@domain")
	}
	if strings.ContainsAny(i.Name, `"&'/:<>@`) || strings.ContainsFunc(i.Name, unicode.IsSpace) {
		return Errorf(InvalidIdentity, "the name has characters that are not allowed")
	}
	return nil
}

// MarshalText makes an identity a JSON string.
func (i Identity) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads an identity from a JSON string.
func (i *Identity) UnmarshalText(text []byte) (err error) {
	*i, err = ParseIdentity(string(text))
	return err
}

// Node is name@domain/instance: one connected session of an identity. Without
// an instance it addresses the identity.
type Node struct {
	Identity
	Instance string
}

// ParseNode reads name[@domain][/instance]. The first slash ends the identity,
// and its last at sign ends the name, so that an escaped or a nested address
// stays in one piece. Without an at sign there is a name and no domain, and a
// nested address must have one: without, it would be written as another node.
// "" is the zero Node.
func ParseNode(s string) (Node, error) {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return Node{}, Errorf(InvalidIdentity, "the address has characters that are not allowed")
	}
	var n Node
	rest, instance, _ := strings.Cut(s, "/")
	n.Name, n.Instance = rest, instance
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		n.Name, n.Domain = rest[:at], rest[at+1:]
	}
	if n.Domain == "" && strings.Contains(n.Name, "@") {
		return Node{}, Errorf(InvalidIdentity, "the address has no domain")
	}
	if len(n.Name) > maxPart || len(n.Domain) > maxPart || len(n.Instance) > maxPart {
		return Node{}, Errorf(InvalidIdentity, "a part of the address is longer than %d bytes", maxPart)
	}
	return n, nil
}

// IsZero reports whether nothing of the node is set.
func (n Node) IsZero() bool { return n == Node{} }

// Key is the form that is the same for equal nodes.
func (n Node) Key() string { return ascii.Fold(n.String()) }

// Equal compares without regard to case.
func (n Node) Equal(other Node) bool { return n == other || n.Key() == other.Key() }

// In returns the node with domain in the place of a missing one.
func (n Node) In(domain string) Node {
	if n.Domain == "" && n.Name != "" {
		n.Domain = domain
	}
	return n
}

func (n Node) String() string {
	if n.Instance == "" {
		return n.Identity.String()
	}
	return n.Identity.String() + "/" + n.Instance
}

// MarshalText makes a node a JSON string.
func (n Node) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads a node from a JSON string.
func (n *Node) UnmarshalText(text []byte) (err error) {
	*n, err = ParseNode(string(text))
	return err
}

// nested is what a name may not hold as it is, with the percent sign itself.
const nested = `%"&'/:<>@ `

// EscapeName makes a name of any address, percent-encoded: alice@host becomes
// alice%40host, as in alice%40host@gateway.
func EscapeName(address string) string {
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; strings.IndexByte(nested, c) >= 0 {
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// UnescapeName undoes EscapeName. What is no escape stays as it is.
func UnescapeName(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '%' && i+2 < len(name) {
			if hi, lo := digit(name[i+1]), digit(name[i+2]); hi >= 0 && lo >= 0 {
				b.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// digit is the value of a hexadecimal digit, -1 of anything else.
func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
