package command_test

import (
	"context"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/wallet"
)

// order says a payment and returns its code.
func (w *town) order(who, at, text string) string {
	w.t.Helper()
	return w.must(who, at, text).Data.(wallet.Drafted).Code
}

func (w *town) confirm(who, code string) {
	w.t.Helper()
	w.must(who, "", "confirm "+code)
}

func (w *town) money(who string) amount.Msat { return w.balance(w.user(who).Money) }
func (w *town) held(who string) amount.Msat  { return w.balance(w.user(who).Held) }

func (w *town) balance(a ledger.Account) amount.Msat {
	w.t.Helper()
	m, err := ledger.Balance(context.Background(), w.desk.DB.Read(), a)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// orders counts the payment orders there are.
func (w *town) orders() (n int) {
	w.t.Helper()
	w.count(&n, `SELECT COUNT(*) FROM payment_order`)
	return n
}

func (w *town) count(n *int, query string) {
	w.t.Helper()
	rows, err := w.desk.DB.Read().QueryContext(context.Background(), query)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(n); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
}

// balanced checks the books.
func (w *town) balanced() {
	w.t.Helper()
	found, err := audit.Books(context.Background(), w.desk.DB.Read())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range found {
		w.t.Errorf("the audit: %s: %s", f.Rule, f.What)
	}
}
