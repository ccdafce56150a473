package component

import (
	"testing"

	"github.com/bitcoim/bitcoim/address"
)

// TestTwoJIDsAreTwoUsers has names that are one for somebody's Unicode, and two
// for the server that says who they are.
func TestTwoJIDsAreTwoUsers(t *testing.T) {
	const domain = "bitcoin.example.org"
	from := func(jid string) *Stanza {
		return newStanza(El("", "message").With("from", jid).With("to", "BOB@"+domain), domain)
	}
	for _, two := range [][2]string{
		{"\u1C90\u1C9C\u1C90@example.org/x", "\u10D0\u10DC\u10D0@example.org/x"}, // Georgian capitals
		{"\u212Aate@example.org/x", "kate@example.org/x"},                        // the sign for kelvin
		{"É@example.org/x", "é@example.org/x"},
		{"ann@exÄmple.org/x", "ann@exämple.org/x"},
		{"ﬁn@example.org/x", "fin@example.org/x"},
		{"ı@example.org/x", "I@example.org/x"},
	} {
		a, b := from(two[0]), from(two[1])
		if a.User == b.User {
			t.Errorf("%+q and %+q are one user", two[0], two[1])
		}
		if a.User != address.Bare(two[0]) || b.User != address.Bare(two[1]) {
			t.Errorf("%+q and %+q are no keys of users", a.User, b.User)
		}
	}
	if a, b := from("Ann@Example.ORG/x"), from("ann@example.org/Y"); a.User != b.User || a.User != "ann@example.org" || a.At != "bob" {
		t.Errorf("%q and %q are two users, at %q", a.User, b.User, a.At)
	}
	if ours("a@ban\u212A.example.org", "bank.example.org") {
		t.Error("another domain is ours")
	}
}
