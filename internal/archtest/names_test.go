package archtest_test

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// The rules for locks and stops know functions by their names. homes says where each of
// them is declared: a rule about a function that was renamed holds for nothing.
var homes = map[string]string{
	"Lock": "useraccount ledger", "LockBoth": "useraccount ledger", "LockAll": "useraccount", "LockWith": "useraccount", "LockedWith": "useraccount", "Locked": "useraccount wallet",
	"asMember": "wallet", "anApp": "wallet",
	"ByID": "useraccount", "ByJID": "useraccount", "ByName": "useraccount",
	"Waiting": "invoice paymentorder", "UntoldBills": "invoice", "Flying": "paymentorder", "Asking": "app", "Asked": "app useraccount",
	"mayWait": "wallet",
	"Tx":      "db", "Do": "wallet", "act": "wallet", "Write": "wallet",
	"Balance": "ledger", "ByCode": "paymentorder", "Again": "paymentorder",
	"Payments": "freeze", "Stopped": "freeze", "BooksWrong": "freeze", "Causes": "freeze",
	"Unless": "freeze", "mayMove": "paymentorder", "stopped": "worker", "frozen": "worker", "doubted": "worker",
}

// home is where a name of the rules is declared.
func home(name string) []string {
	if slices.Contains(orderMoves, name) {
		return []string{"paymentorder Order"}
	}
	return strings.Fields(homes[name])
}

// declared are the functions of some files, by package, and methods also by
// package and type.
func declared(all []code) map[string]bool {
	is := map[string]bool{}
	for _, c := range all {
		for _, d := range c.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			is[path.Dir(c.name)+"."+f.Name.Name] = true
			if f.Recv != nil {
				is[path.Dir(c.name)+" "+receiver(f)+"."+f.Name.Name] = true
			}
		}
	}
	return is
}

// receiver is the name of a method's type.
func receiver(f *ast.FuncDecl) (name string) {
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if i, ok := n.(*ast.Ident); ok && name == "" {
			name = i.Name
		}
		return true
	})
	return name
}

// gone lists the names that are of no function any more, or of none that is known.
func gone(is map[string]bool, names []string) (wrong []string) {
	for _, name := range names {
		in := home(name)
		if len(in) == 0 {
			wrong = append(wrong, name+" has no home")
		}
		for _, pkg := range in {
			if !is[pkg+"."+name] {
				wrong = append(wrong, pkg+"."+name)
			}
		}
	}
	return wrong
}

func TestTheRulesForLocksNameWhatThereIs(t *testing.T) {
	all := inHouse(t)
	is := declared(all)
	known := slices.Concat(userLocks, userReads, counters, orderMoves, runners, stopAsks, stopReads,
		[]string{"Balance", "ByCode", "Again", "Payments"})
	for _, name := range gone(is, known) {
		t.Errorf("the rules for locks name %s, which is no function", name)
	}
	for name := range homes {
		if !slices.Contains(known, name) {
			t.Errorf("%s is in no rule", name)
		}
	}
	for _, pkg := range money {
		if !slices.ContainsFunc(all, func(c code) bool { return path.Dir(c.name) == pkg }) {
			t.Errorf("the rule for floats names %s, which is no package", pkg)
		}
	}
}

func TestARenamedFunctionIsMissed(t *testing.T) {
	is := declared([]code{
		parse(t, "paymentorder/x.go", "package paymentorder\nfunc (o *Order) Store() {}\nfunc Cancel() {}\nfunc (f Flight) Begin() {}"),
		parse(t, "useraccount/x.go", "package useraccount\nfunc Lock() {}\nfunc LockTwo() {}"),
		parse(t, "ledger/x.go", "package ledger\nfunc Lock() {}\nfunc LockBoth() {}"),
	})
	got := gone(is, []string{"Store", "Cancel", "Begin", "Lock", "LockBoth", "Unheard"})
	want := []string{"paymentorder Order.Cancel", "paymentorder Order.Begin", "useraccount.LockBoth", "Unheard has no home"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
