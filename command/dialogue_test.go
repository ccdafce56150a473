package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// TestDialogues plays testdata/dialogues on both engines. How they are
// written is told in testdata/dialogues/README.md.
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				newScene(t, d).play(string(text))
			})
		})
	}
}

// scene is a dialogue being played.
type scene struct {
	*town
	t      *testing.T
	line   int
	langs  map[string]string // xml:lang of what somebody says
	known  map[string]string // what {name} stands for
	away   bool              // the node is frozen
	who    string            // the last speaker, "" when answered
	at     string            // the contact spoken to, as written
	last   command.Reply
	answer []string // what was answered
	failed bool
}

func newScene(t *testing.T, d *db.DB) *scene {
	s := &scene{town: newTown(t, d, node(t)), t: t, langs: map[string]string{}, known: map[string]string{
		"address:1":     "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
		"address:2":     "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry",
		"legacy:1":      "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
		"mainnet:1":     "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
		"mainnet:2":     "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
		"typo:1":        "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt090",
		"typo:2":        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfm",
		"legacy-node:1": address.EncodeJID("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"),
		"gateway":       gateway,
	}}
	t.Cleanup(func() {
		if s.away {
			s.freeze(false)
		}
	})
	return s
}

// speech is "ann (id m1, late 2m) → gateway  text", or with ✗ for a refusal.
var speech = regexp.MustCompile(`^(\S+)(?: \(([^)]*)\))? (→|✗) (\S+)(?:\s+(.*))?$`)

// play reads the lines of a dialogue and does what they say.
func (s *scene) play(text string) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s.line = i + 1
		var block []string // the line without its head, and what is indented below
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], " ") {
			i++
			block = append(block, strings.TrimSpace(lines[i]))
		}
		if m := speech.FindStringSubmatch(line); m != nil {
			s.spoken(m[1], m[2], m[3], m[4], append([]string{m[5]}, block...))
		} else {
			s.direct(line, block)
		}
		if s.t.Failed() {
			s.t.FailNow()
		}
	}
	s.settled()
	if n := s.notice(); n != nil {
		s.errorf("%s was told %s and the dialogue does not say so", n.User, n.Phrase)
	}
	s.balanced()
}

func (s *scene) errorf(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf("line %d: %s", s.line, fmt.Sprintf(format, args...))
}

// spoken is something said: by a person, or the answer to it.
func (s *scene) spoken(from, how, arrow, to string, text []string) {
	s.t.Helper()
	if s.who != "" && from == s.at && to == s.who {
		if (arrow == "✗") != s.failed {
			s.errorf("want %s, got %q", arrow, s.answer)
		}
		s.same(text, s.answer)
		s.who = ""
		return
	}
	s.settled()
	if arrow != "→" {
		s.errorf("%s answers %s, who did not ask", from, to)
		return
	}
	r := command.Request{User: jid(from), At: s.node(to), Text: s.fill(strings.Join(text, "\n")), Lang: s.langs[from]}
	s.how(&r, how)
	s.hears(from, to, r)
}

// hears asks, and keeps the answer to be compared.
func (s *scene) hears(from, to string, r command.Request) {
	reply, err := s.ask(r)
	s.last, s.failed, s.who, s.at = reply, err != nil, from, to
	s.answer = s.heard(reply, err)
}

// settled complains of an answer that the dialogue does not have.
func (s *scene) settled() {
	s.t.Helper()
	if s.who != "" {
		s.errorf("the answer is missing: %q", s.answer)
	}
	s.who = ""
}

// node is the local part that a contact's name in a dialogue stands for.
func (s *scene) node(to string) string {
	if to == "gateway" {
		return ""
	}
	to = s.fill(to)
	if a, err := address.Parse(to, s.desk.Policy.Network); err == nil {
		return a.Local()
	}
	return to
}

var placeholder = regexp.MustCompile(`\{([a-z0-9:-]+)\}`)

// fill puts in what placeholders stand for.
func (s *scene) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		if v, ok := s.stands(p[1 : len(p)-1]); ok {
			return v
		}
		s.errorf("nobody said yet what %s is", p)
		return p
	})
}

// same compares an answer with what it should be. A placeholder that is not
// known yet learns the word in its place; "..." is any text, and alone on the
// last line any lines.
func (s *scene) same(want, got []string) {
	s.t.Helper()
	rest := len(want) > 0 && want[len(want)-1] == "..."
	if rest {
		want = want[:len(want)-1]
	}
	for i, w := range want {
		if i >= len(got) {
			s.errorf("want also %q", w)
		} else if !s.matches(w, got[i]) {
			s.errorf("\n got %q\nwant %q", got[i], w)
		}
	}
	if len(got) > len(want) && !rest {
		s.errorf("got also %q", got[len(want):])
	}
}

func (s *scene) matches(want, got string) bool {
	var expr strings.Builder
	var names []string
	rest := want
	for rest != "" {
		at := placeholder.FindStringSubmatchIndex(rest)
		if dots := strings.Index(rest, "..."); dots >= 0 && (at == nil || dots < at[0]) {
			expr.WriteString(regexp.QuoteMeta(rest[:dots]) + ".*")
			rest = rest[dots+3:]
			continue
		}
		if at == nil {
			expr.WriteString(regexp.QuoteMeta(rest))
			break
		}
		name := rest[at[2]:at[3]]
		expr.WriteString(regexp.QuoteMeta(rest[:at[0]]))
		if v, ok := s.stands(name); ok {
			expr.WriteString(regexp.QuoteMeta(v))
		} else {
			expr.WriteString(`(\d{1,3}(?: \d{3})+|\S+?)`)
			names = append(names, name)
		}
		rest = rest[at[1]:]
	}
	m := regexp.MustCompile(`(?s)^` + expr.String() + `$`).FindStringSubmatch(got)
	if m == nil {
		return false
	}
	for i, name := range names {
		s.known[name] = m[i+1]
	}
	return true
}
