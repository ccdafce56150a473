package limedoor

import (
	"testing"

	"github.com/bitcoim/bitcoim/lime"
)

// Two contacts that differ for their server are two for us.
func TestContactsAreFoldedInASCII(t *testing.T) {
	d := &Door{o: Options{Domain: "gw.example"}}
	for name, want := range map[string]string{
		"KIM": "kim", "kim": "kim", "\u212Aim": "\u212Aim", "É": "É", "Postmaster": "", "GW.example": "", "": "", "Kim%40Example.org": "kim@example.org",
	} {
		if got := d.contactAt(lime.Node{Identity: lime.Identity{Name: name, Domain: "gw.example"}}); got != want && name != "" {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
