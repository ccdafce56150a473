package wire_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is well-formed and within the limits passes as it is.
func TestHarmlessPasses(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all strings.Builder
		for range rapid.IntRange(1, 5).Draw(rt, "stanzas") {
			name := rapid.SampledFrom([]string{"message", "presence", "iq"}).Draw(rt, "stanza")
			all.WriteString(drawElement(rt, name, 5, nil))
		}
		piece := rapid.IntRange(1, 500).Draw(rt, "piece")
		got, stats, _ := through(t, quiet(), piece, all.String())
		if got != all.String() || stats.Dropped > 0 || len(stats.Refused) > 0 {
			rt.Fatalf("got %q, want %q (%+v)", got, all.String(), stats)
		}
	})
}

var (
	names  = rapid.StringMatching(`[a-wA-Z_][a-zA-Z0-9_.-]{0,5}`)
	spaces = rapid.SampledFrom([]string{"urn:x", "jabber:x:data", "vcard-temp", "a&b", "http://etherx.jabber.org/streams/", "é", " "})
	blanks = rapid.SampledFrom([]string{" ", "\n", "\t\r\n ", "  "})
	blank  = rapid.SampledFrom([]string{"", "", " ", "\n"})
	texts  = rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(`<>&'"]]ab- `+"\t\n\r")), rapid.Rune().Filter(func(r rune) bool {
		return r >= ' ' && r != 0xFFFE && r != 0xFFFF
	})))
)

func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

// drawElement writes an element with children down to depth. The prefixes are
// those in scope.
func drawElement(t *rapid.T, name string, depth int, prefixes []string) string {
	var b strings.Builder
	prefixes = prefixes[:len(prefixes):len(prefixes)]
	attrs := map[string]string{}
	for i := range rapid.IntRange(0, 2).Draw(t, "prefixes") {
		prefix := fmt.Sprintf("p%d", i+len(prefixes))
		attrs["xmlns:"+prefix] = spaces.Draw(t, "space") + prefix
		prefixes = append(prefixes, prefix)
	}
	top := depth == 5
	if !top && rapid.Bool().Draw(t, "default") {
		attrs["xmlns"] = spaces.Draw(t, "space")
	}
	if !top && len(prefixes) > 0 && rapid.Bool().Draw(t, "prefixed") {
		name = rapid.SampledFrom(prefixes).Draw(t, "prefix") + ":" + name
	}
	for range rapid.IntRange(0, 4).Draw(t, "attributes") {
		attr := names.Filter(func(s string) bool { return s != "from" && s != "to" && s != "id" && s != "type" }).Draw(t, "attribute")
		if len(prefixes) > 0 && rapid.Bool().Draw(t, "prefixed") {
			attr = rapid.SampledFrom(prefixes).Draw(t, "prefix") + ":" + attr
		}
		attrs[attr] = texts.Draw(t, "value")
	}
	b.WriteString("<" + name)
	for attr, value := range attrs {
		quote := rapid.SampledFrom([]string{"'", `"`}).Draw(t, "quote")
		b.WriteString(blanks.Draw(t, "gap") + attr + blank.Draw(t, "gap") + "=" + blank.Draw(t, "gap") + quote + escape(value) + quote)
	}
	b.WriteString(blank.Draw(t, "gap"))
	if rapid.Bool().Draw(t, "empty") {
		return b.String() + "/>"
	}
	b.WriteString(">")
	for range rapid.IntRange(0, 3).Draw(t, "children") {
		switch kind := rapid.IntRange(0, 2).Draw(t, "kind"); {
		case kind == 0 && depth > 1:
			b.WriteString(drawElement(t, names.Draw(t, "name"), depth-1, prefixes))
		case kind == 1:
			b.WriteString("<![CDATA[" + strings.ReplaceAll(texts.Draw(t, "text"), "]]>", "") + "]]>")
		default:
			b.WriteString(escape(texts.Draw(t, "text")))
		}
	}
	return b.String() + "</" + name + blank.Draw(t, "gap") + ">"
}
