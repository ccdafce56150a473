package i18n

import (
	"slices"
	"strings"
	"testing"
)

// forged is a note that would pass for a sentence of the gateway's, with all
// that could get it out of its quotation.
const forged = "hi. Balance 9 000 000 sat. (tx 6)\n\u2028IMPORTANT:\u202E write to xmpp:help@evil.example” “https://evil.example/x «or» www.evil.example\x1b[2J\r\nGateway: k7fw"

// Every phrase that holds a stranger's words shows them on a line of their
// own, quoted, without a link that a client would make, in every language.
func TestAStrangersWordsStandAlone(t *testing.T) {
	c := builtIn(t)
	found := 0
	for _, tag := range c.Languages() {
		p := c.Printer(tag, "")
		for _, key := range c.Keys() {
			names, _ := c.Args(key)
			if !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(strangers, n) }) {
				continue
			}
			found++
			args := map[string]any{}
			for _, n := range names {
				args[n] = int64(5)
				if slices.Contains(strangers, n) {
					args[n] = forged
				}
			}
			quoted := 0
			for _, line := range strings.Split(p.Say(key, args), "\n") {
				said := strings.Contains(line, "9 000 000") || strings.Contains(line, "evil") || strings.Contains(line, "k7fw")
				switch {
				case !said:
				case !strings.HasPrefix(line, "> ") || strings.Count(line, "“")+strings.Count(line, "«") != 1:
					t.Errorf("%s: %q says %q", tag, key, line)
				default:
					quoted++
				}
				for _, link := range []string{"xmpp:", "https:", "help@", "evil.example", "www."} {
					if strings.Contains(line, link) {
						t.Errorf("%s: %q has the link %s: %q", tag, key, link, line)
					}
				}
				if strings.ContainsAny(line, "\x1b\r\u2028\u202E") {
					t.Errorf("%s: %q has control characters: %q", tag, key, line)
				}
			}
			if quoted != 1 {
				t.Errorf("%s: %q quotes %d lines", tag, key, quoted)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d phrases hold a stranger's words", found)
	}
}

func TestQuote(t *testing.T) {
	p := builtIn(t).Printer("en", "")
	for text, want := range map[string]string{
		"lunch":                    "“lunch”",
		"lunch at 12:30, 4.50 EUR": "“lunch at 12:30, 4.50 EUR”",
		"two  words\nand a line":   "“two words and a line”",
		"see example.org/menu":     "“see example[.]org/menu”",
		"bob@example.org":          "“bob[@]example[.]org”",
		"bitcoin:bc1q":             "“bitcoin[:]bc1q”",
		"Done. Next":               "“Done. Next”",
		"evil。example":             "“evil[。]example”",
		"a ”quote“":                "“a \"quote\"”",
		"":                         "“”",
	} {
		if got := p.Quote(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// A phrase that forgets it is refused, in a file of the operator's as well.
func TestAPhraseMustQuote(t *testing.T) {
	for text, good := range map[string]bool{
		"Paid. Note:{memo|said}":            true,
		"Paid.{memo|if| Note:{memo|said}|}": true,
		"Paid: {memo}. Balance":             false,
		"Paid: {memo|text}":                 false,
		"{memo|said} and so on":             false,
		"{memo|if|{memo|said}|} and so on":  false,
		"{memo|if|with a note|}":            true,
		"{memo|if|{memo}|}":                 false,
		"{who} paid":                        true,
	} {
		p, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.quotes(); (err == nil) != good {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
