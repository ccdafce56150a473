package lime_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/lime"
)

func TestNodes(t *testing.T) {
	for in, want := range map[string]lime.Node{
		"alice@host/home":    {Identity: lime.Identity{Name: "alice", Domain: "host"}, Instance: "home"},
		"alice@host":         {Identity: lime.Identity{Name: "alice", Domain: "host"}},
		"alice":              {Identity: lime.Identity{Name: "alice"}},
		"alice/home":         {Identity: lime.Identity{Name: "alice"}, Instance: "home"},
		"alice@host/a/b@c":   {Identity: lime.Identity{Name: "alice", Domain: "host"}, Instance: "a/b@c"},
		"a@b@host":           {Identity: lime.Identity{Name: "a@b", Domain: "host"}},
		"55%40wa.gw@pay.com": {Identity: lime.Identity{Name: "55%40wa.gw", Domain: "pay.com"}},
		"":                   {},
	} {
		got, err := lime.ParseNode(in)
		if err != nil || got != want {
			t.Errorf("%q: got %#v, %v", in, got, err)
		}
		if got.String() != in {
			t.Errorf("%q is written %q", in, got)
		}
	}
	for name, in := range map[string]string{
		"a newline": "a\nb", "a zero": "a\x00", "no UTF-8": "\xff", "1,024 bytes of a name": strings.Repeat("a", 1024) + "@host",
	} {
		if n, err := lime.ParseNode(in); code(err) != lime.InvalidIdentity {
			t.Errorf("%s: got %v, %v", name, n, err)
		}
	}
	if !node("Alice@HOST/Home").Equal(node("alice@host/home")) || node("alice@host").Equal(node("alice@host/home")) {
		t.Error("nodes are compared without regard to case, and whole")
	}
}

// To fold more than ASCII could make one account of two.
func TestIdentitiesAreFoldedInASCII(t *testing.T) {
	for other, same := range map[string]bool{"KIM@host": true, "kim@HOST": true, "\u212Aim@host": false, "kİm@host": false, "kím@host": false} {
		if got := node("kim@host").Identity.Equal(node(other).Identity); got != same {
			t.Errorf("kim@host and %q: %v", other, got)
		}
		if got := node("kim@host/a").Equal(node(other + "/A")); got != same {
			t.Errorf("kim@host/a and %q: %v", other+"/A", got)
		}
	}
	if node("É@host").Equal(node("é@host")) {
		t.Error("É and é are one name")
	}
}

func TestNewIdentities(t *testing.T) {
	for in, ok := range map[string]bool{"alice@host": true, "ålice.b-c@host": true, "alice": false, "@host": false, "a b@host": false, "a&b@host": false, "a@b@host": false} {
		if err := node(in).Identity.Valid(); (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestNamesThatAreAddresses(t *testing.T) {
	for in, want := range map[string]string{"alice@host": "alice%40host", "a b/c%": "a%20b%2Fc%25", "é": "é"} {
		if got := lime.EscapeName(in); got != want || lime.UnescapeName(got) != in {
			t.Errorf("%q: got %q, and back %q", in, got, lime.UnescapeName(got))
		}
	}
	for in, want := range map[string]string{"%": "%", "%4": "%4", "%zz": "%zz", "%2f": "/", "%@a": "%@a"} {
		if got := lime.UnescapeName(in); got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
}

func TestURIs(t *testing.T) {
	for in, want := range map[string]lime.Resource{
		"/ping":                        {Path: "/ping"},
		"/ping/":                       {Path: "/ping"},
		"/":                            {Path: "/"},
		"/a%20b":                       {Path: "/a b"},
		"/history?$skip=3&$take=2":     {Path: "/history"},
		"lime://alice@host/account":    {Path: "/account", Owner: lime.Identity{Name: "alice", Domain: "host"}},
		"lime://host":                  {Path: "/", Owner: lime.Identity{Domain: "host"}},
		"lime://a%40b@host/x?y=z":      {Path: "/x", Owner: lime.Identity{Name: "a@b", Domain: "host"}},
		"/delegations/bob@host":        {Path: "/delegations/bob@host"},
		"LIME://alice@host/Account///": {Path: "/Account", Owner: lime.Identity{Name: "alice", Domain: "host"}},
	} {
		got, err := lime.URI(in).Parse()
		if err != nil || got.Path != want.Path || got.Owner != want.Owner {
			t.Errorf("%q: got %+v, %v", in, got, err)
		}
	}
	if r, _ := lime.URI("/history?$skip=3").Parse(); r.Query.Get("$skip") != "3" {
		t.Errorf("got %v", r.Query)
	}
	for _, in := range []lime.URI{"", "ping", "http://host/ping", "//host/ping", "lime:ping", "lime:///ping", "/a?%zz", "/a?b;c", ":", "/%zz"} {
		if r, err := in.Parse(); code(err) != lime.InvalidMethod {
			t.Errorf("%q: got %+v, %v", in, r, err)
		}
	}
}

func TestMediaTypes(t *testing.T) {
	for in, want := range map[string]lime.MediaType{
		"text/plain": "text/plain", "Text/PLAIN; charset=utf-8": "text/plain", " application/vnd.x+json ;a=b+c": "application/vnd.x+json",
	} {
		if got, err := lime.ParseMediaType(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "text", "/plain", "text/", "a/b/c", "a b/c"} {
		if got, err := lime.ParseMediaType(in); code(err) != lime.InvalidResource {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	for in, json := range map[lime.MediaType]bool{"application/json": true, "a/b+json": true, "text/json": true, "text/plain": false, "image/png": false, "a/jsonx": false} {
		if in.IsJSON() != json {
			t.Errorf("%s: %v", in, in.IsJSON())
		}
	}
}

func FuzzNode(f *testing.F) {
	for _, seed := range []string{"a@b/c", "@", "/", "a@b@c/d/e", "%40", "@@", "a@b@/c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		n, err := lime.ParseNode(in)
		if err != nil {
			return
		}
		again, err := lime.ParseNode(n.String())
		if err != nil || again.Key() != n.Key() {
			t.Fatalf("%q is %#v, and again %#v, %v", in, n, again, err)
		}
		if name := lime.UnescapeName(lime.EscapeName(in)); name != in {
			t.Fatalf("%q became %q", in, name)
		}
	})
}

func FuzzURI(f *testing.F) {
	for _, seed := range []string{"/a/b?c=d", "lime://a%40b@c/d", "/", "lime:a", "//@//@", "////a", "lime://a//b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r, err := lime.URI(in).Parse()
		if err != nil {
			return
		}
		again, err := lime.URI(r.String()).Parse()
		if err != nil || again.Path != r.Path || !again.Owner.Equal(r.Owner) {
			t.Fatalf("%q is %+v, written %q, and then %+v, %v", in, r, r, again, err)
		}
	})
}
