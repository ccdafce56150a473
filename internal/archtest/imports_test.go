package archtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list` says of a package.
type pkg struct {
	ImportPath, Name string
	Imports          []string
}

// short is the path below the module, "" of a package that is not ours.
func short(path string) string {
	if name, ours := strings.CutPrefix(path, module); ours {
		return name
	}
	return ""
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func find(name string) (room, int) {
	for i, r := range house {
		if r.name == name {
			return r, i
		}
	}
	return room{}, -1
}

// wrongArrows lists the imports that are not on the map.
func wrongArrows(p pkg) (wrong []string) {
	name := short(p.ImportPath)
	r, known := find(name)
	if known < 0 {
		if strings.HasPrefix(name, "internal/") {
			return nil // for tests; nobody in the house may import it, see below
		}
		return []string{name + " has no place in the house: give it one in house_test.go and on the map"}
	}
	for _, i := range p.Imports {
		if to := short(i); to != "" && r.may != "*" && !slices.Contains(strings.Fields(r.may), to) {
			wrong = append(wrong, name+" must not import "+to)
		}
		if to := short(i); r.may == "*" && strings.HasPrefix(to, "internal/") {
			if _, on := find(to); on < 0 {
				wrong = append(wrong, name+" must not import "+to+", which is for tests")
			}
		}
	}
	return wrong
}

// wrongGuests lists the libraries that a package should leave to others.
func wrongGuests(p pkg) (wrong []string) {
	name := short(p.ImportPath)
	if _, known := find(name); known < 0 || name == "" {
		return nil
	}
	for _, i := range p.Imports {
		for lib, may := range foreign {
			inside := i == lib || strings.HasPrefix(i, lib+"/") && !strings.HasPrefix(i, lib+"/v2")
			if inside && !slices.Contains(strings.Fields(may), name) {
				wrong = append(wrong, fmt.Sprintf("%s must not import %s: it is for %q", name, i, may))
			}
		}
	}
	return wrong
}

func wrongName(p pkg) []string {
	for _, word := range []string{p.Name, path.Base(p.ImportPath)} {
		if slices.Contains(badNames, strings.TrimSuffix(word, "_test")) {
			return []string{p.ImportPath + ": the name " + word + " says nothing"}
		}
	}
	return nil
}

func TestImportsPointOneWay(t *testing.T) {
	for i, r := range house {
		for to := range strings.FieldsSeq(r.may) {
			_, at := find(to)
			if to != "*" && at < 0 {
				t.Errorf("%s may import %s, which is not in the house", r.name, to)
			} else if to != "*" && at <= i {
				t.Errorf("%s may import %s, which is above it", r.name, to)
			}
		}
	}
}

func TestPackages(t *testing.T) {
	for _, p := range packages(t) {
		for _, rule := range []func(pkg) []string{wrongArrows, wrongGuests, wrongName} {
			for _, wrong := range rule(p) {
				t.Error(wrong)
			}
		}
	}
}

// Doors carry no money, so they see neither the books nor a node.
func TestDoorsSeeNoMoney(t *testing.T) {
	for _, r := range house {
		if !strings.HasPrefix(r.name, "door/") && !strings.HasPrefix(r.name, "moneysocket") && !strings.HasPrefix(r.name, "lime") {
			continue
		}
		for to := range strings.FieldsSeq(r.may) {
			if slices.Contains(strings.Fields("db ledger chain lightning p2p paymentorder deposit statement useraccount worker"), to) {
				t.Errorf("the door %s may import %s", r.name, to)
			}
		}
	}
	for _, r := range house {
		if r.name != "cmd/bitcoim" && slices.Contains(strings.Fields(r.may), "worker") {
			t.Errorf("%s may import worker, which is for cmd alone", r.name)
		}
	}
}

func TestTheRulesForPackagesBite(t *testing.T) {
	for name, tt := range map[string]struct {
		rule func(pkg) []string
		p    pkg
	}{
		"a door reads the database":          {wrongArrows, pkg{ImportPath: module + "door/component", Imports: []string{module + "db"}}},
		"a door posts to the ledger":         {wrongArrows, pkg{ImportPath: module + "lime", Imports: []string{module + "ledger"}}},
		"a door asks the node":               {wrongArrows, pkg{ImportPath: module + "door/web", Imports: []string{module + "chain"}}},
		"the desk knows a door":              {wrongArrows, pkg{ImportPath: module + "command", Imports: []string{module + "door/component"}}},
		"the ledger knows orders":            {wrongArrows, pkg{ImportPath: module + "ledger", Imports: []string{module + "paymentorder"}}},
		"the desk knows the workers":         {wrongArrows, pkg{ImportPath: module + "command", Imports: []string{module + "worker"}}},
		"a leaf imports":                     {wrongArrows, pkg{ImportPath: module + "fault", Imports: []string{module + "amount"}}},
		"a node writes SQL":                  {wrongArrows, pkg{ImportPath: module + "chain", Imports: []string{module + "db"}}},
		"cmd uses a test server":             {wrongArrows, pkg{ImportPath: module + "cmd/bitcoim", Imports: []string{module + "internal/dbtest"}}},
		"the desk uses a test server":        {wrongArrows, pkg{ImportPath: module + "command", Imports: []string{module + "internal/sandbox/world"}}},
		"a package that nobody knows":        {wrongArrows, pkg{ImportPath: module + "bank"}},
		"the ledger speaks XMPP":             {wrongGuests, pkg{ImportPath: module + "ledger", Imports: []string{"mellium.im/xmpp/stanza"}}},
		"a door has its own SQL":             {wrongGuests, pkg{ImportPath: module + "door/component", Imports: []string{"database/sql"}}},
		"an old module of btcd":              {wrongGuests, pkg{ImportPath: module + "address", Imports: []string{"github.com/btcsuite/btcd/btcutil"}}},
		"an old package of btcd":             {wrongGuests, pkg{ImportPath: module + "address", Imports: []string{"github.com/btcsuite/btcd/btcutil/bech32"}}},
		"somebody imports the program":       {wrongGuests, pkg{ImportPath: module + "worker", Imports: []string{module + "cmd/bitcoim"}}},
		"codes from a generator for dice":    {wrongGuests, pkg{ImportPath: module + "paymentorder", Imports: []string{"math/rand"}}},
		"a package for everything":           {wrongName, pkg{ImportPath: module + "internal/util", Name: "util"}},
		"a package for everything in hiding": {wrongName, pkg{ImportPath: module + "ledger/impl", Name: "helpers"}},
	} {
		if len(tt.rule(tt.p)) == 0 {
			t.Errorf("%s: nothing was found", name)
		}
	}
	for name, tt := range map[string]struct {
		rule func(pkg) []string
		p    pkg
	}{
		"the wallet opens the books": {wrongArrows, pkg{ImportPath: module + "wallet", Imports: []string{module + "ledger", "fmt"}}},
		"a test server uses another": {wrongArrows, pkg{ImportPath: module + "internal/sandbox/world", Imports: []string{module + "internal/sandbox/child"}}},
		"cmd tells systemd":          {wrongArrows, pkg{ImportPath: module + "cmd/bitcoim", Imports: []string{module + "internal/sdnotify"}}},
		"a new module of btcd":       {wrongGuests, pkg{ImportPath: module + "address", Imports: []string{"github.com/btcsuite/btcd/btcutil/v2"}}},
		"a generator that is good":   {wrongGuests, pkg{ImportPath: module + "db", Imports: []string{"math/rand/v2"}}},
	} {
		if wrong := tt.rule(tt.p); len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
