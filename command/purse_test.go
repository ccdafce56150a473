package command_test

import (
	"context"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/ledger"
	"github.com/bitcoim/bitcoim/wallet"
)

// order says a payment and returns its code.
func (w *town) order(who, at, text string) string {
	w.t.Helper()
	return codeIn(w.must(who, at, text))
}

// codeIn is the code that an answer proposes to give, "" for none.
func codeIn(r command.Reply) string {
	for _, next := range r.Next {
		if next.Label == "button.confirm" {
			return next.Text[strings.LastIndex(next.Text, " ")+1:]
		}
	}
	return ""
}

// drafted says a payment and reads what was made of it.
func (w *town) drafted(who, text string) wallet.OrderRecord {
	w.t.Helper()
	o, err := w.desk.Order(context.Background(), w.caller(who), w.order(who, "", text))
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

// receivable says how somebody wants to be paid, and reads what was made for it.
func (w *town) receivable(who, text string) (r wallet.Receivable) {
	w.t.Helper()
	for _, copied := range w.must(who, "", text).Copy {
		switch {
		case wallet.IsInvoice(copied):
			all, _, err := w.desk.Invoices(context.Background(), w.caller(who), 0, 50)
			i := slices.IndexFunc(all, func(i wallet.InvoiceRecord) bool { return i.Text == copied })
			if err != nil || i < 0 {
				w.t.Fatalf("%q gave %q, which is none of %+v, %v", text, copied, all, err)
			}
			r.Invoice, r.Hash, r.Amount, r.Expires = copied, all[i].Hash, all[i].Amount, all[i].Expires
		case !address.IsURI(copied):
			r.Address = copied
		}
	}
	return r
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
