package command_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/wallet"
)

// crowd asks n times at once and counts the answers.
func crowd(t *testing.T, n int, do func(i int) (string, error)) map[string]int {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	heard := map[string]int{}
	for i := range n {
		all.Go(func() {
			said, err := do(i)
			if err != nil {
				said = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			heard[said]++
		})
	}
	all.Wait()
	return heard
}

// appTown is a town in which ann has an app with a budget of so many sat.
func appTown(t *testing.T, d *db.DB, budget int) (*town, wallet.AppID) {
	w := newTown(t, d, node(t))
	w.overLightning()
	w.open()
	w.desk.Policy.Limits.OpenOrders = 100
	w.enrol("ann", "bob")
	w.pays("ann", 150_000, 100)
	w.must("ann", "", fmt.Sprintf("link moneysocket game budget %d/total", budget))
	return w, w.appOf("ann/game").ID
}

// outcome is an answer of the desk to a payment, in a word.
func (w *town) outcome(app wallet.AppID, key, invoice string) (string, error) {
	a, err := w.desk.AppPay(context.Background(), app, key, invoice)
	switch {
	case err != nil:
		return "", err
	case a.Refused != nil:
		return "refused: " + w.refusal(a), nil
	case a.Waiting:
		return "waits", nil
	}
	return "paid", nil
}

// refusal is why not, in the words of the user.
func (w *town) refusal(a wallet.AppAnswer) string {
	return w.desk.Words.Printer(w.desk.Words.Match(append([]string{a.Lang}, w.desk.Policy.Languages...)...), a.Unit).Say(a.Refused.Phrase, a.Refused.Args)
}

func TestARequestThatIsRepeatedPaysOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, app := appTown(t, d, 50_000)
		tea := w.stranger(1_000_000, "tea").text(t)
		if heard := crowd(t, 200, func(int) (string, error) { return w.outcome(app, "k1", tea) }); heard["waits"] != 200 {
			t.Errorf("heard %v", heard)
		}
		if n := w.orders(); n != 1 || w.held("ann") != 1_010_000 {
			t.Errorf("%d orders, %d msat held", n, w.held("ann"))
		}
		w.balanced()
	})
}

func TestAnInvoiceIsPaidOnceUnderManyKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, app := appTown(t, d, 50_000)
		tea := w.stranger(1_000_000, "tea").text(t)
		heard := crowd(t, 50, func(i int) (string, error) { return w.outcome(app, fmt.Sprint("k", i), tea) })
		if heard["waits"] != 50 {
			t.Errorf("heard %v", heard)
		}
		if held := w.held("ann"); held != 1_010_000 {
			t.Errorf("%d msat held", held)
		}
		w.balanced()
	})
}

// However many ask at once, no more than the budget goes unasked.
func TestABudgetHoldsWhateverComesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, app := appTown(t, d, 5_050) // five times 1,000 sat with 10 sat for the fee
		var bills []string
		for i := range 30 {
			bills = append(bills, w.stranger(1_000_000, fmt.Sprint("bill ", i)).text(t))
		}
		heard := crowd(t, len(bills), func(i int) (string, error) { return w.outcome(app, fmt.Sprint("k", i), bills[i]) })
		if held := w.held("ann"); held != 5_050_000 {
			t.Errorf("%d msat held", held)
		}
		if heard["waits"] != 5+3 || heard["refused: game has too many questions to its user that wait"] != 22 {
			t.Errorf("heard %v", heard)
		}
		w.balanced()
	})
}

// An app speaks for its own user alone.
func TestAnAppOfSomebodyElse(t *testing.T) {
	w, _ := appTown(t, dbtest.SQLite(t), 1000)
	w.must("ann", "", "link lime clerk budget 1000")
	_, err := w.ask(command.Request{User: jid("bob"), App: w.appOf("ann/clerk").ID, Text: "balance"})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("ann's bot reads bob's balance: %v", err)
	}
}

// Apps ask at the pace of their user.
func TestAppsAskAtThePaceOfTheirUser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, id := appTown(t, d, 50_000)
		tea := w.stranger(1_000_000, "tea").text(t)
		w.desk.Pace = wallet.NewPace(1e-9, 2)
		heard := map[string]int{}
		for i := range 5 {
			said := "is answered"
			_, err := w.desk.AppInvoice(t.Context(), id, fmt.Sprint("i", i), 1000, "")
			if i%2 == 1 {
				_, err = w.desk.AppPay(t.Context(), id, fmt.Sprint("p", i), tea)
			}
			if err != nil {
				said = fault.Of(err).Phrase
			}
			heard[said]++
		}
		if heard["is answered"] != 1 || heard["chat.too-fast"] != 4 {
			t.Errorf("heard %v", heard)
		}
	})
}
