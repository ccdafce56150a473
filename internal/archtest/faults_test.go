package archtest_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A phrase key is for who says it. Whoever decides on a fault or a notice by its key
// changes what happens when somebody renames a translation: faults are declared values
// (fault.Define), and errors.Is finds them.

// sayers are the functions that a phrase is given to, to be said.
var sayers = []string{"Say", "say", "add", "refuse"}

// readers are the files that read a phrase for something else, and why.
var readers = map[string]string{
	"outbox/store.go":         "keeps it until it is said",
	"door/limedoor/events.go": "what is about apps is for their owners in person: notices are kept by their phrase, and have no other mark",
}

// unsaid lists where a phrase is read and not said.
func unsaid(c code) (wrong []string) {
	if dir := path.Dir(c.name); dir == "fault" || dir == "i18n" || readers[c.name] != "" {
		return nil
	}
	said := map[ast.Node]bool{}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if slices.Contains(sayers, called(n)) {
				for _, a := range n.Args {
					said[a] = true
				}
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				said[l] = true // written
			}
		case *ast.SelectorExpr:
			if n.Sel.Name == "Phrase" && !said[n] {
				wrong = append(wrong, c.at(n, "reads a phrase and does not say it: decide on a declared fault, by errors.Is"))
			}
		}
		return true
	})
	return wrong
}

// called is the name of the function or method that is called.
func called(n *ast.CallExpr) string {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// literal is the text of a string in the code.
func literal(n ast.Expr) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

var errName = regexp.MustCompile(`^[eE]rr[A-Z]`)

// faults are the declared faults, by phrase, with where.
type faults map[string]string

// declared adds the faults of a file, and lists what is wrong with how they are declared.
func (all faults) declared(c code, phrases string) (wrong []string) {
	inVar := map[ast.Node]bool{}
	for _, d := range c.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			for i, value := range v.Values {
				inVar[value] = errName.MatchString(v.Names[i].Name)
			}
		}
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || called(call) != "Define" || len(call.Args) != 2 || path.Dir(c.name) == "fault" {
			return true
		}
		phrase, ok := literal(call.Args[1])
		switch {
		case !ok:
			wrong = append(wrong, c.at(n, "declares a fault whose phrase nobody can see"))
			return true
		case !inVar[call]:
			wrong = append(wrong, c.at(n, "declares %s anew each time: it belongs into a variable of the package, ErrX", phrase))
		case all[phrase] != "":
			wrong = append(wrong, c.at(n, "declares %s, which is declared at %s: two values, and errors.Is finds one", phrase, all[phrase]))
		case !strings.Contains(phrases, "\n"+strconv.Quote(phrase)+" = "):
			wrong = append(wrong, c.at(n, "declares %s, which is no phrase", phrase))
		}
		all[phrase] = fmt.Sprintf("%s:%d", c.name, c.set.Position(n.Pos()).Line)
		return true
	})
	return wrong
}

// undeclared lists the faults of a file that are made past their declaration: whoever
// decides on it does not find them.
func (all faults) undeclared(c code) (wrong []string) {
	ast.Inspect(c.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !slices.Contains([]string{"New", "Wrap"}, called(call)) {
			return true
		}
		for _, a := range call.Args {
			if phrase, ok := literal(a); ok && all[phrase] != "" {
				wrong = append(wrong, c.at(n, "makes %s past its declaration at %s", phrase, all[phrase]))
			}
		}
		return true
	})
	return wrong
}

// wrongFaults holds all rules for faults to some files.
func wrongFaults(code []code, phrases string) (wrong []string, all faults) {
	all = faults{}
	for _, c := range code {
		wrong = slices.Concat(wrong, unsaid(c), all.declared(c, phrases))
	}
	for _, c := range code {
		wrong = append(wrong, all.undeclared(c)...)
	}
	return wrong, all
}

func TestNobodyDecidesOnAPhrase(t *testing.T) {
	for name := range readers {
		if !slices.Contains(files(t), name) {
			t.Errorf("%s has leave to read phrases, and is not there", name)
		}
	}
	wrong, all := wrongFaults(inHouse(t), string(read(t, "i18n/en.toml")))
	for _, w := range wrong {
		t.Error(w)
	}
	if len(all) < 50 {
		t.Errorf("%d faults are declared: by what other name are they?", len(all))
	}
}

func TestTheRulesForFaultsBite(t *testing.T) {
	const phrases = "\n\"order.late\" = \"x\"\n\"order.gone\" = \"x\"\n"
	look := func(text string) []string {
		wrong, _ := wrongFaults([]code{parse(t, "command/x.go", "package command\nvar errLate = fault.Define(fault.Conflict, \"order.late\")\n"+text)}, phrases)
		return wrong
	}
	for name, text := range map[string]string{
		"a comparison":               `func f(err error) bool { return fault.Of(err).Phrase == "order.late" }`,
		"the other way round":        `func f(err error) bool { return "order.late" != fault.Of(err).Phrase }`,
		"a switch":                   `func f(err error) { switch fault.Of(err).Phrase { case "order.late": g() } }`,
		"a case":                     `func f(e *fault.Error) { switch { case e.Phrase == "order.late": g() } }`,
		"a table":                    `func f(err error) int { return codes[fault.Of(err).Phrase] }`,
		"a beginning":                `func f(e *fault.Error) bool { return strings.HasPrefix(e.Phrase, "order.") }`,
		"a list":                     `func f(e *fault.Error) bool { return slices.Contains(late, e.Phrase) }`,
		"a variable":                 `func f(e *fault.Error) bool { phrase := e.Phrase; return phrase == "order.late" }`,
		"by another function":        `func f(e *fault.Error) bool { return isLate(e.Phrase) }`,
		"of a notice":                `func f(n outbox.Notice) bool { return n.Phrase == "order.late" }`,
		"declared twice":             `var errTooLate = fault.Define(fault.Conflict, "order.late")`,
		"declared twice, in a group": `var errTooLate = errOrder.Define(fault.NotAllowed, "order.late")`,
		"declared each time":         `func f() error { return fault.Define(fault.Conflict, "order.gone") }`,
		"declared by another name":   `var late = fault.Define(fault.Conflict, "order.gone")`,
		"declared, and no phrase":    `var errLater = fault.Define(fault.Conflict, "order.later")`,
		"declared, and not to see":   `var errGone = fault.Define(fault.Conflict, "order."+what)`,
		"past the declaration":       `func f() error { return fault.New(fault.Conflict, "order.late", nil) }`,
		"a cause past it":            `func f(err error) error { return fault.Wrap(err, fault.Conflict, "order.late", nil) }`,
		"a group past it":            `func f() error { return errOrder.New(fault.Conflict, "order.late", nil) }`,
	} {
		if len(look(text)) == 0 {
			t.Errorf("%s: it passes", name)
		}
	}
	for name, text := range map[string]string{
		"said":               `func f(p i18n.Printer, e *fault.Error) string { return p.Say(e.Phrase, e.Args) }`,
		"said in a reply":    `func f(r *Reply) { r.add(errLate.Phrase, nil) }`,
		"written":            `func f(n *outbox.Notice) { n.Phrase = "order.gone" }`,
		"found":              `func f(err error) bool { return errors.Is(err, errLate) }`,
		"made":               `func f(err error) error { return errLate.With(fault.Args{"code": code}).Because(err) }`,
		"another":            `func f() error { return fault.New(fault.Conflict, "order.gone", nil) }`,
		"another, declared":  `var errGone = fault.Define(fault.Conflict, "order.gone")`,
		"by another package": `var ErrLate = errLate`,
	} {
		if wrong := look(text); len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
