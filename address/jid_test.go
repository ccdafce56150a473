package address_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/address"
)

func TestSplitJID(t *testing.T) {
	for jid, want := range map[string][3]string{
		"ann@example.org/phone": {"ann", "example.org", "phone"},
		"ann@example.org":       {"ann", "example.org", ""},
		"example.org":           {"", "example.org", ""},
		"example.org/r":         {"", "example.org", "r"},
		"example.org/a@b":       {"", "example.org", "a@b"},
		"ann@example.org/a@b/c": {"ann", "example.org", "a@b/c"},
		"a@b@c":                 {"a", "b@c", ""},
		"@example.org":          {"", "example.org", ""},
		"ann@":                  {"ann", "", ""},
		"/r":                    {"", "", "r"},
		"":                      {"", "", ""},
		"♚@example.org/Ω":       {"♚", "example.org", "Ω"},
	} {
		local, domain, resource := address.SplitJID(jid)
		if got := [3]string{local, domain, resource}; got != want {
			t.Errorf("%q is cut into %q, want %q", jid, got, want)
		}
	}
}

func TestBare(t *testing.T) {
	for jid, want := range map[string]string{
		"ann@example.org/Phone":  "ann@example.org",
		"Ann@EXAMPLE.org/Phone":  "ann@example.org",
		"EXAMPLE.org":            "example.org",
		`D\27Artagnan@lit`:       `d\27artagnan@lit`,
		"É@example.org":          "É@example.org", // the server's affair
		"\u212A@example.org":     "\u212A@example.org",
		"ann\uFF20example.org":   "ann\uFF20example.org",
		"\u2100nn@example.org/r": "\u2100nn@example.org",
		"":                       "",
	} {
		if got := address.Bare(jid); got != want {
			t.Errorf("Bare(%q) = %q, want %q", jid, got, want)
		}
	}
}

func TestSpecialCharactersAreEscaped(t *testing.T) {
	for text, local := range map[string]string{ // XEP-0106 §5.1 and §4.3
		"space cadet":                     `space\20cadet`,
		`call me "ishmael"`:               `call\20me\20\22ishmael\22`,
		"at&t guy":                        `at\26t\20guy`,
		"d'artagnan":                      `d\27artagnan`,
		"/.fanboy":                        `\2f.fanboy`,
		"::foo::":                         `\3a\3afoo\3a\3a`,
		"<foo>":                           `\3cfoo\3e`,
		"user@host":                       `user\40host`,
		`c:\cool stuff`:                   `c\3a\cool\20stuff`,
		`c:\5commas`:                      `c\3a\5c5commas`,
		`\3and\2is\5cool`:                 `\5c3and\2is\5c5cool`,
		`\2plus\2is\4`:                    `\2plus\2is\4`,
		`foo\bar`:                         `foo\bar`,
		`foob\41r`:                        `foob\41r`,
		"here's_a_wild_&_/cr%zy/_address": `here\27s_a_wild_\26_\2fcr%zy\2f_address`,
		`\5c`:                             `\5c5c`,
		`\\40`:                            `\\5c40`,
		`\5C`:                             `\5C`,
		"alice@example.org":               `alice\40example.org`,
		"tréville@m.lit":                  `tréville\40m.lit`,
		"":                                "",
		`\`:                               `\`,
		`abc\4`:                           `abc\4`,
		`\@`:                              `\\40`,
	} {
		if got := address.Escape(text); got != local {
			t.Errorf("Escape(%q) = %q, want %q", text, got, local)
		}
		if got := address.Unescape(local); got != text {
			t.Errorf("Unescape(%q) = %q, want %q", local, got, text)
		}
	}
}

func TestSpacesAtTheEnds(t *testing.T) {
	for text, local := range map[string]string{" a b ": `a\20b`, "   ": "", "  a": "a", " \\20": `\5c20`} {
		if got := address.Escape(text); got != local {
			t.Errorf("Escape(%q) = %q, want %q", text, got, local)
		}
	}
	for local, text := range map[string]string{
		`\20a\20`: `\20a\20`, `\20`: `\20`, `\20\20\20`: `\20 \20`, `a\20b`: "a b", // the ends are not ours to unescape
		`abc\40`: "abc@", `bob\40example.com`: "bob@example.com", `\`: `\`, `\4`: `\4`, `\5c5c`: `\5c`, `\3A`: `\3A`,
	} {
		if got := address.Unescape(local); got != text {
			t.Errorf("Unescape(%q) = %q, want %q", local, got, text)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, seed := range []string{`abc\40`, `bob\40example.com`, ` \20 `, `\5c\5c5c20`, `\\\\40`, "a b@c/d:e<f>g\"h&i'j", "\xff\\2", `\20\20`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		local := address.Escape(text)
		if strings.ContainsAny(local, ` "&'/:<>@`) || strings.HasPrefix(local, `\20`) || strings.HasSuffix(local, `\20`) {
			t.Fatalf("Escape(%q) = %q, which a JID can not hold", text, local)
		}
		if back, want := address.Unescape(local), strings.Trim(text, " "); back != want {
			t.Fatalf("Escape(%q) = %q, which reads %q", text, local, back)
		}
		if again := address.Escape(address.Unescape(local)); again != local {
			t.Fatalf("%q is written %q the second time", local, again)
		}
		_ = address.Unescape(text)
	})
}

// Folding again changes nothing, and folds nothing together but ASCII case.
func FuzzBare(f *testing.F) {
	for _, seed := range []string{"Ann@Example.Org/R", "É@x", "\u1C90@x", "\u212A", "a@b@c/d/e", "@", "/", "\xff@\xfe/\xfd"} {
		f.Add(seed, "ann@example.org")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if once := address.Bare(a); address.Bare(once) != once {
			t.Fatalf("%q folds to %q and then to %q", a, once, address.Bare(once))
		}
		la, da, ra := address.SplitJID(a)
		if strings.Contains(la+da, "/") || strings.Contains(la, "@") {
			t.Fatalf("%q is cut into %q %q %q", a, la, da, ra)
		}
		if joined := la + "@" + da + "/" + ra; la != "" && joined != a && joined != a+"/" {
			t.Fatalf("%q is cut into %q %q %q and joined to %q", a, la, da, ra, joined)
		}
		lb, db, _ := address.SplitJID(b)
		if address.Bare(a) == address.Bare(b) && (!strings.EqualFold(la, lb) || !strings.EqualFold(da, db)) {
			t.Fatalf("%q and %q share a key", a, b)
		}
	})
}
