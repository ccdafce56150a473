package archtest_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What is decided in a transaction is read under the lock of whom it is about.
// These rules look at one function that has a transaction at a time, and at the
// order in which it calls: where a caller has the lock, the function is named.

// userLocks are the calls that lock a user, or take one who is locked.
var userLocks = []string{"Lock", "LockBoth", "LockAll", "LockWith", "Locked", "LockedWith", "asMember", "anApp"}

// userReads find a user.
var userReads = []string{"ByID", "ByJID", "ByName"}

// counters count what a limit is about.
var counters = []string{"Waiting", "UntoldBills", "Flying", "Asking", "Asked", "mayWait"}

// orderMoves change an order, by the state in which it was read. Later is none: it goes
// by the claim, and leaves the order in memory as it was.
var orderMoves = []string{"Call", "Return", "Cancel", "Withdraw", "Store", "Begin", "Adopt", "AdoptSent", "Broadcasted", "MarkConflicted", "Deeper", "Fail", "Bounced", "Proved",
	"Mined", "Unmined", "Resolve", "PaidInside"}

// unlocked are the functions that one of the rules does not hold for, and why.
var unlocked = map[string]string{
	"wallet/invoice.go addInvoice":    "its callers have locked the user",
	"wallet/approval.go askUser":      "Confirm has locked the user",
	"wallet/applink.go AppJoined":     "tells of a new app: nothing hangs on who the user is",
	"useraccount/account.go Register": "who is new is locked by being inserted; others are locked before anything is decided",
	"useraccount/password.go Still":   "the user is locked by the caller, and it is no limit",
	"deposit/book.go credit":          "Book has locked the accounts",
	"deposit/reverse.go reverse":      "Book and Lost have locked the accounts",
	"paymentorder/endheld.go EndHeld": "Book and Lost have locked the accounts of the user",
	"worker/inside.go moveInside":     "the two users are locked by the caller, and the accounts by PaidInside",
	"worker/expire.go Step":           "tells who had the order: nothing hangs on who the user is",
	"worker/relay.go tell":            "tells who had the order: nothing hangs on who the user is",
}

var isCount = regexp.MustCompile(`(?i)\bCOUNT\(`)

// unit is a function with a transaction, without those inside that have one of
// their own.
type unit struct {
	code
	name string
	body ast.Node
	kind *ast.FuncType
	runs bool // a closure that is run as a transaction
}

// runners run a closure as a transaction: more than once, if they have to.
var runners = []string{"Tx", "Do", "act", "Write", "asMember", "anApp"}

func (c code) units() (all []unit) {
	for _, d := range c.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		if hasTx(f.Type) {
			all = append(all, unit{c, f.Name.Name, f.Body, f.Type, false})
		}
		run := map[ast.Expr]bool{}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if slices.Contains(runners, called(n)) {
					for _, a := range n.Args {
						run[a] = true
					}
				}
			case *ast.FuncLit:
				if hasTx(n.Type) {
					all = append(all, unit{c, f.Name.Name, n, n.Type, run[n]})
				}
			}
			return true
		})
	}
	return all
}

// inspect visits what is the unit's own, in order.
func (u unit) inspect(see func(n ast.Node)) {
	ast.Inspect(u.body, func(n ast.Node) bool {
		if l, ok := n.(*ast.FuncLit); ok && n != u.body && hasTx(l.Type) {
			return false
		}
		if n != nil {
			see(n)
		}
		return true
	})
}

// calls are the calls that are given the transaction, by package, if it is one,
// and name.
func (u unit) calls(see func(n *ast.CallExpr, of, name string)) {
	u.inspect(func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || !slices.ContainsFunc(call.Args, func(a ast.Expr) bool { i, ok := a.(*ast.Ident); return ok && i.Name == "tx" }) {
			return
		}
		switch f := call.Fun.(type) {
		case *ast.Ident:
			see(call, "", f.Name)
		case *ast.SelectorExpr:
			of := ""
			if x, ok := f.X.(*ast.Ident); ok {
				of = x.Name
			}
			see(call, of, f.Sel.Name)
		}
	})
}

// early lists what a unit decides before it has the lock for it.
func (u unit) early() (wrong []string) {
	home := strings.HasPrefix(u.code.name, "useraccount/")
	user, money, codes := false, false, 0
	user = slices.ContainsFunc(u.kind.Params.List, func(p *ast.Field) bool { // who is handed one is handed one who is locked
		s, ok := p.Type.(*ast.StarExpr)
		return ok && dotted(s.X) == "useraccount.User"
	})
	u.calls(func(n *ast.CallExpr, of, name string) {
		switch {
		case of == "ledger" && (name == "Lock" || name == "LockBoth"):
			money = true
		case of == "ledger" && name == "Balance" && !money:
			wrong = append(wrong, u.at(n, "ledger.Balance in a transaction, before ledger.Lock"))
		case (of == "useraccount" || of == "by" || of == "c" || of == "k" || of == "") && slices.Contains(userLocks, name):
			user = true
		case (of == "useraccount" || home && of == "") && slices.Contains(userReads, name) && !user:
			wrong = append(wrong, u.at(n, "useraccount.%s in a transaction, before useraccount.Lock", name))
		case slices.Contains(counters, name) && !user:
			wrong = append(wrong, u.at(n, "%s counts in a transaction, before useraccount.Lock", name))
		case name == "ByCode":
			if codes++; codes > 1 {
				wrong = append(wrong, u.at(n, "a second ByCode in a transaction: go on by the number of the order"))
			}
		case (name == "GetContext" || name == "SelectContext") && !user && slices.ContainsFunc(n.Args, counts):
			wrong = append(wrong, u.at(n, "COUNT in a transaction, before useraccount.Lock"))
		}
	})
	u.inspect(func(n ast.Node) { // tx.GetContext is not given tx, it is called on it
		call, ok := n.(*ast.CallExpr)
		if ok && strings.HasPrefix(dotted(call.Fun), "tx.") && !user && slices.ContainsFunc(call.Args, counts) {
			wrong = append(wrong, u.at(n, "COUNT in a transaction, before useraccount.Lock"))
		}
	})
	return wrong
}

func counts(n ast.Expr) bool { return isCount.MatchString(text(n)) }

// captured lists orders that a closure moves and did not read: it may run more
// than once, and the second run finds what the first one left in memory.
func (u unit) captured() (wrong []string) {
	if !u.runs {
		return nil
	}
	own := map[string]bool{}
	for _, p := range u.kind.Params.List {
		for _, name := range p.Names {
			own[name.Name] = true
		}
	}
	u.inspect(func(n ast.Node) {
		var names []ast.Expr
		switch n := n.(type) {
		case *ast.CallExpr: // o.Again reads it again
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Again" {
				names = []ast.Expr{s.X}
			}
		case *ast.AssignStmt:
			names = n.Lhs
		case *ast.RangeStmt:
			names = append(names, n.Key, n.Value)
		case *ast.ValueSpec:
			for _, i := range n.Names {
				own[i.Name] = true
			}
		}
		for _, e := range names {
			if i, ok := e.(*ast.Ident); ok {
				own[i.Name] = true
			}
		}
	})
	u.calls(func(n *ast.CallExpr, of, name string) {
		if of != "" && slices.Contains(orderMoves, name) && !own[of] {
			wrong = append(wrong, u.at(n, "%s.%s moves an order that was read outside: read it in the transaction", of, name))
		}
	})
	return wrong
}

func TestWhatIsDecidedIsReadUnderTheLock(t *testing.T) {
	used := map[string]bool{}
	for _, c := range inHouse(t) {
		for _, u := range c.units() {
			name, early := u.code.name+" "+u.name, u.early()
			if unlocked[name] != "" {
				used[name] = used[name] || len(early) > 0
				early = nil
			}
			for _, wrong := range append(early, u.captured()...) {
				t.Error(wrong)
			}
		}
	}
	for name := range unlocked {
		if !used[name] {
			t.Errorf("%s has leave to decide without a lock of its own, and does not", name)
		}
	}
}

func TestTheRulesForLocksBite(t *testing.T) {
	const begin = "package x\nimport (\"github.com/bitcoim/bitcoim/db\"; \"github.com/bitcoim/bitcoim/ledger\"; \"github.com/bitcoim/bitcoim/useraccount\")\n"
	look := func(code string) (wrong []string) {
		for _, u := range parse(t, "x/x.go", begin+code).units() {
			wrong = append(wrong, append(u.early(), u.captured()...)...)
		}
		return wrong
	}
	for name, code := range map[string]string{
		"a balance before its lock":         `func f(tx *db.Tx) { ledger.Balance(ctx, tx, a); ledger.Lock(ctx, tx, a) }`,
		"a balance in a closure":            `func f(d *db.DB) { d.Tx(ctx, func(tx *db.Tx) error { ledger.Balance(ctx, tx, a) }) }`,
		"a user before the lock":            `func f(tx *db.Tx) { useraccount.ByID(ctx, tx, 1); useraccount.Lock(ctx, tx, 1) }`,
		"a user by name":                    `func f(tx *db.Tx) { useraccount.ByName(ctx, tx, "ann") }`,
		"a count without a lock":            `func f(tx *db.Tx) { tx.GetContext(ctx, &n, "SELECT COUNT(*) FROM app") }`,
		"a count by another's hand":         `func f(tx *db.Tx) { invoice.Waiting(ctx, tx, 1, "", now) }`,
		"a code twice":                      `func f(tx *db.Tx) { paymentorder.ByCode(ctx, tx, 1, c); paymentorder.ByCode(ctx, tx, 1, c) }`,
		"an order from outside":             `func f(d *db.DB, o *Order) { d.Tx(ctx, func(tx *db.Tx) error { return o.Store(ctx, tx, p, now) }) }`,
		"a call of an order from outside":   `func f(d *db.DB, o *Order) { d.Tx(ctx, func(tx *db.Tx) error { return o.Call(ctx, tx) }) }`,
		"a lock in a transaction next door": `func f(d *db.DB) { d.Tx(ctx, func(tx *db.Tx) error { useraccount.Lock(ctx, tx, 1) }); d.Tx(ctx, func(tx *db.Tx) error { useraccount.ByID(ctx, tx, 1) }) }`,
	} {
		if len(look(code)) == 0 {
			t.Errorf("%s passes", name)
		}
	}
	for name, code := range map[string]string{
		"a balance after both locks":   `func f(tx *db.Tx) { ledger.LockBoth(ctx, tx, a, b); ledger.Balance(ctx, tx, b) }`,
		"a balance after its lock":     `func f(tx *db.Tx) { ledger.Lock(ctx, tx, a); ledger.Balance(ctx, tx, b) }`,
		"a balance that is shown":      `func f(d *db.DB) { ledger.Balance(ctx, d.Read(), a) }`,
		"a user after the lock":        `func f(tx *db.Tx) { useraccount.Lock(ctx, tx, 1); useraccount.ByID(ctx, tx, 2) }`,
		"a user who is locked":         `func f(s *Service) { anApp(ctx, s, by, name, func(tx *db.Tx, u *useraccount.User, a *app.App) error { invoice.Waiting(ctx, tx, u.ID, "", u.Now) }) }`,
		"a count after the lock":       `func f(tx *db.Tx) { useraccount.Lock(ctx, tx, 1); tx.GetContext(ctx, &n, "SELECT COUNT(*) FROM app") }`,
		"an order that is read again":  `func f(d *db.DB, o *Order) { d.Tx(ctx, func(tx *db.Tx) error { o.Again(ctx, tx); return o.Store(ctx, tx, p, now) }) }`,
		"an order that is read inside": `func f(d *db.DB, id int64) { d.Tx(ctx, func(tx *db.Tx) error { o, err := paymentorder.ByID(ctx, tx, id); return o.Store(ctx, tx, p, now) }) }`,
	} {
		if wrong := look(code); len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
