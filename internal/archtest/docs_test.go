package archtest_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/paymentorder"
)

// mod is what `go mod edit -json` says.
type mod struct {
	Require []struct {
		Path     string
		Indirect bool
	}
	Tool []struct{ Path string }
}

// wanted lists what a module requires by its own wish.
func wanted(t *testing.T, dir string) []string {
	t.Helper()
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = filepath.Join(root, dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go mod edit in %s: %v", dir, err)
	}
	var m mod
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range m.Require {
		if !r.Indirect {
			all = append(all, r.Path)
		}
	}
	for _, r := range m.Tool {
		all = append(all, r.Path)
	}
	return all
}

var reason = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]{10,} \\|$")

// unreasoned compares a table of reasons with what is required.
func unreasoned(page string, want []string) (wrong []string) {
	var said []string
	for _, m := range reason.FindAllStringSubmatch(page, -1) {
		said = append(said, m[1])
	}
	for _, path := range want {
		if !slices.Contains(said, path) {
			wrong = append(wrong, path+" is required, and nobody says why")
		}
	}
	for _, path := range said {
		if !slices.Contains(want, path) {
			wrong = append(wrong, path+" has a reason, and is not required")
		}
	}
	return wrong
}

func TestEveryDependencyHasAReason(t *testing.T) {
	page := string(read(t, "docs/dependencies.md"))
	parts := strings.Split(page, "\n## ")
	if len(parts) != 6 {
		t.Fatalf("docs/dependencies.md has %d parts", len(parts))
	}
	for i, dir := range []string{".", "internal/tools", "internal/testnodes", "internal/newnodes", "internal/testpeers"} {
		for _, wrong := range unreasoned(parts[i+1], wanted(t, dir)) {
			t.Errorf("%s: %s", dir, wrong)
		}
	}
}

// row is the first cell of a table, and the last.
var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|(?:.*\\| (.*) \\|$)?")

// unmapped lists rooms that the map does not show, and rows for no room.
func unmapped(page string) (wrong []string) {
	var said []string
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		said = append(said, m[1])
	}
	for _, r := range house {
		part := strings.Contains(r.name, "internal/") || r.name == "door/component/wire" || strings.HasSuffix(r.name, "test")
		if !part && !slices.Contains(said, r.name) {
			wrong = append(wrong, r.name+" is not on the map")
		}
	}
	for _, name := range said {
		if _, at := find(name); at < 0 {
			wrong = append(wrong, name+" is on the map, and not in the house")
		}
	}
	return wrong
}

// quoted is what a cell says by name.
var quoted = regexp.MustCompile("`([^`]+)`")

// stated are the imports that a cell says, in words that stand for several too, in
// order.
func stated(cell string) []string {
	var all []string
	for words, stand := range map[string]string{"and values": values, "people and plans": people, "and as `door/component`": door, "everybody": "*"} {
		if strings.Contains(cell, words) || words == "and "+cell {
			all = append(all, strings.Fields(stand)...)
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(strings.ReplaceAll(cell, "as `door/component`", ""), -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// misdrawn lists rows that say other imports than the house allows. Parts of a room, and
// what is internal, the map leaves out.
func misdrawn(page string) (wrong []string) {
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		said := stated(m[2])
		r, at := find(m[1])
		if at < 0 {
			continue
		}
		var may []string
		for to := range strings.FieldsSeq(r.may) {
			if !strings.Contains(to, "internal/") && !strings.HasPrefix(to, r.name+"/") {
				may = append(may, to)
			}
		}
		slices.Sort(may)
		if may = slices.Compact(may); !slices.Equal(said, may) {
			wrong = append(wrong, r.name+" may import "+strings.Join(may, " ")+", and the map says "+strings.Join(said, " "))
		}
	}
	return wrong
}

func TestTheMapShowsTheHouse(t *testing.T) {
	page := string(read(t, "docs/ARCHITECTURE.md"))
	for _, wrong := range slices.Concat(unmapped(page), misdrawn(page)) {
		t.Error(wrong)
	}
}

// The machine that the map shows is the one that runs.
func TestTheMapShowsTheLifeOfAnOrder(t *testing.T) {
	_, drawn, _ := strings.Cut(string(read(t, "docs/ARCHITECTURE.md")), "```mermaid\n")
	drawn, _, _ = strings.Cut(drawn, "```")
	if got, want := steps(drawn), steps(paymentorder.OnChain.Mermaid()); !slices.Equal(got, want) {
		t.Errorf("drawn %q, and it is %q", got, want)
	}
}

func steps(drawing string) []string {
	all := strings.Split(strings.TrimSpace(drawing), "\n")
	slices.Sort(all)
	return all
}

func TestTheRulesForDocsBite(t *testing.T) {
	const page = "| `a/b` | because it is good |\n| `c/d` | |\n"
	if wrong := unreasoned(page, []string{"a/b"}); len(wrong) > 0 {
		t.Errorf("got %v", wrong)
	}
	for name, want := range map[string][]string{"no reason": {"a/b", "c/d"}, "no line": {"a/b", "e/f"}, "not required": {}} {
		if len(unreasoned(page, want)) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if len(unmapped("")) == 0 || len(unmapped(page)) <= len(unmapped("")) {
		t.Error("a map without rooms passes")
	}
	for cell, wrong := range map[string]int{"`amount` `fault`": 0, "`fault` `amount`": 0, "`fault`": 1, "`amount` `fault` `db`": 1, "nobody": 1, "and values": 1} {
		if got := misdrawn("| `address` | Bitcoin addresses | " + cell + " |\n"); len(got) != wrong {
			t.Errorf("%s: got %q", cell, got)
		}
	}
}
