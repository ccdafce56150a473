package archtest_test

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// A payment begins by one of these, and payments are asked after behind it.
var beginnings = []string{"Begin", "Store"}

// givesBack is what ends an order that has not begun. A worker asks behind it, too: who
// stops payments may have found that the order was made.
const givesBack = "Fail"

// stopAsks hold what stops payments, and ask: freeze.Unless, and who calls it and does
// nothing else.
var stopAsks = []string{"Unless", "stopped", "mayMove"}

// stopReads say what stops payments.
var stopReads = []string{"Stopped", "BooksWrong", "Causes", "frozen", "doubted"}

// stopChanges are what freeze has to stop payments, and to end what stops them.
var stopChanges = []string{"Payments", "Clear", "Acknowledge", "Expect", "Past"}

// stopWrites says which functions change what stops payments: those of freeze, and those
// of each package that call them and do nothing else with an order.
func stopWrites(all []code) map[string]bool {
	writes := map[string]bool{}
	for _, c := range all {
		for _, u := range c.units() {
			writer, moves := false, false
			u.calls(func(_ *ast.CallExpr, of, name string) {
				writer = writer || of == "freeze" && slices.Contains(stopChanges, name)
				moves = moves || slices.Contains(orderMoves, name)
			})
			if _, closure := u.body.(*ast.FuncLit); writer && !moves && !closure {
				writes[path.Dir(c.name)+" "+u.name] = true
			}
		}
	}
	return writes
}

// unstopped lists where a unit begins a payment and does not ask behind it whether
// payments are stopped, asks without holding the answer, or does more when it has asked.
// Who stops payments, or ends what stops them, moves the order and the money before: all
// take the same rows in the same order.
func (u unit) unstopped(writes map[string]bool) (wrong []string) {
	var begins *ast.CallExpr
	begun, asked, stops := "", false, false
	u.calls(func(n *ast.CallExpr, of, name string) {
		moves := slices.Contains(orderMoves, name) || of == "o" && name == "Later" || of == "ledger" && (name == "Lock" || name == "Post")
		writer := of == "freeze" && slices.Contains(stopChanges, name) || of == "" && writes[path.Dir(u.code.name)+" "+name]
		switch {
		case (of == "freeze" || of == "") && slices.Contains(stopAsks, name):
			asked, begins = true, nil
		case (of == "freeze" || of == "") && slices.Contains(stopReads, name):
			if strings.HasPrefix(u.code.name, "worker/") {
				wrong = append(wrong, u.at(n, "%s in a transaction that does not hold the answer: ask by freeze.Unless", name))
			}
		case writer && asked:
			wrong = append(wrong, u.at(n, "changes what stops payments after it was asked"))
		case writer:
			stops = true
		case moves && asked:
			wrong = append(wrong, u.at(n, "%s after it was asked whether payments are stopped, which is last", name))
		case moves && stops:
			wrong = append(wrong, u.at(n, "%s after a change of what stops payments: move the order and the money first", name))
		case of != "" && slices.Contains(beginnings, name), name == givesBack && strings.HasPrefix(u.code.name, "worker/"):
			begins, begun = n, name
		}
	})
	if begins != nil {
		wrong = append(wrong, u.at(begins, "%s begins a payment, or ends one that has not begun, and nobody asks behind it whether payments are stopped", begun))
	}
	return wrong
}

func TestWhoBeginsAPaymentAsksLastWhetherPaymentsAreStopped(t *testing.T) {
	all := inHouse(t)
	writes, begin := stopWrites(all), 0
	for _, c := range all {
		for _, u := range c.units() {
			for _, wrong := range u.unstopped(writes) {
				t.Error(wrong)
			}
			u.calls(func(_ *ast.CallExpr, of, name string) {
				if of != "" && slices.Contains(beginnings, name) {
					begin++
				}
			})
		}
	}
	if begin < 3 {
		t.Errorf("%d payments begin: by what other name do they?", begin)
	}
}

func TestTheRuleForStopsBites(t *testing.T) {
	const head = "package worker\nimport (\"github.com/bitcoim/bitcoim/db\"; \"github.com/bitcoim/bitcoim/freeze\")\n" +
		"func notIts(tx *db.Tx) { freeze.Payments(ctx, tx, c) }\n"
	look := func(text string) (wrong []string) {
		c := parse(t, "worker/x.go", head+text)
		writes := stopWrites([]code{c})
		for _, u := range c.units() {
			wrong = append(wrong, u.unstopped(writes)...)
		}
		return wrong
	}
	for name, text := range map[string]string{
		"nobody asks":                      `func f(tx *db.Tx) { o.Begin(ctx, tx, due, now) }`,
		"of money that goes back":          `func f(tx *db.Tx) { o.Fail(ctx, tx, u, reason, now) }`,
		"in a closure":                     `func f(d *db.DB) { d.Tx(ctx, func(tx *db.Tx) error { return o.Store(ctx, tx, p, now) }) }`,
		"before":                           `func f(tx *db.Tx) { stopped(ctx, tx, here); o.Store(ctx, tx, p, now) }`,
		"in a transaction next door":       `func f(d *db.DB) { d.Tx(ctx, func(tx *db.Tx) error { return o.Store(ctx, tx, p, now) }); d.Tx(ctx, func(tx *db.Tx) error { return stopped(ctx, tx, nil) }) }`,
		"without a hold":                   `func f(tx *db.Tx) { o.Begin(ctx, tx, due, now); freeze.Stopped(ctx, tx) }`,
		"a doubt without a hold":           `func f(tx *db.Tx) { o.Bounced(ctx, tx, u, "", now); doubted(ctx, tx, here) }`,
		"a move behind what freeze says":   `func f(tx *db.Tx) { freeze.Unless(ctx, tx, freeze.Stopped); o.Cancel(ctx, tx) }`,
		"a move behind it":                 `func f(tx *db.Tx) { o.Begin(ctx, tx, due, now); stopped(ctx, tx, here); o.MarkConflicted(ctx, tx, due) }`,
		"a stop behind it":                 `func f(tx *db.Tx) { o.Begin(ctx, tx, due, now); stopped(ctx, tx, here); notIts(ctx, tx) }`,
		"a stop before the order's row":    `func f(tx *db.Tx) { freeze.Payments(ctx, tx, c); o.MarkConflicted(ctx, tx, due) }`,
		"an end of one before the order":   `func f(tx *db.Tx) { freeze.Clear(ctx, tx, c); o.Proved(ctx, tx, u, out, now) }`,
		"an end of one before the money":   `func f(tx *db.Tx) { freeze.Clear(ctx, tx, c); ledger.Lock(ctx, tx, a) }`,
		"a stop before it by another hand": `func f(tx *db.Tx) { return cmp.Or(notIts(ctx, tx), o.MarkConflicted(ctx, tx, due)) }`,
	} {
		if len(look(text)) == 0 {
			t.Errorf("%s: it passes", name)
		}
	}
	for name, text := range map[string]string{
		"asked last":            `func f(tx *db.Tx) { o.Begin(ctx, tx, due, now); return freeze.Unless(ctx, tx, freeze.BooksWrong) }`,
		"asked last by another": `func f(tx *db.Tx) { o.Begin(ctx, tx, due, now); return stopped(ctx, tx, here) }`,
		"asked of what is read": `func f(d *db.DB) { frozen(ctx, d.Read(), here) }`,
		"an end of one last":    `func f(tx *db.Tx) { return cmp.Or(o.Proved(ctx, tx, u, out, now), freeze.Clear(ctx, tx, c)) }`,
		"a stop last":           `func f(tx *db.Tx) { return cmp.Or(o.MarkConflicted(ctx, tx, due), notIts(ctx, tx)) }`,
	} {
		if wrong := look(text); len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}
