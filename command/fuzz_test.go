package command_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/wallet"
)

// FuzzCommand says any line to any contact: there is no panic, no fault of our
// own, and no order but by words that say pay, or a link, and an amount that
// can be read.
func FuzzCommand(f *testing.F) {
	for _, line := range spokenLines(f) {
		f.Add("", line)
	}
	for _, text := range hostileAmounts {
		f.Add("bob", "pay "+text)
	}
	for _, at := range []string{"ann", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "nobody", "a\x00b", `bob\40example.org`} {
		f.Add(at, "help")
		f.Add(at, "pay 5000 lunch")
	}
	f.Add("", "bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?amount=0.0002&label=\u202Eshop")
	f.Add("", "bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?amount=0.0002&lightning=LNBCRT200U1PJEXAMPLE")
	f.Add("", "lightning:lnbcrt200u1pjexample 5000")
	f.Add("", "pay 5 lnurl1dp68gurn8ghj7etcv9khqmr99e3k7mf09emk2mrv944kummhdchkcmn4wfk8qtmrv9ex7mc3upyrj")
	f.Add("", "lightning:lno1\x00")
	f.Add("", "history with \x00")
	f.Add("", "confirm \x00\xff")
	f.Add("", "address label \xff \xff")
	f.Add("", "set language \x00")
	w := newTown(f, dbtest.SQLite(f), node(f))
	prepare(w)
	f.Fuzz(func(t *testing.T, at, line string) {
		w.t = t
		harmless(w, at, line)
	})
}

// TestAnyLine says such lines to the other database, too, which is stricter
// about text.
func TestAnyLine(t *testing.T) {
	w := newTown(t, dbtest.Postgres(t), node(t))
	prepare(w)
	for _, line := range append(spokenLines(t), "history with \x00", "confirm \x00\xff", "address label \xff \xff", "pay \xff\x00 bob", "pay 5 bob \x00\xff",
		"lightning:\x00\xff", "lightning:lnbcrt1\x00", "receive 5 \xff", "name \x00", "register \xff", "help \x00\xff", "tx \x00", "limit \xff", "set unit \x00", "receive 5 \x00", "request 5 bob \xff", "\x00") {
		harmless(w, "", line)
		harmless(w, "bob", line)
	}
	for _, at := range []string{"bob\x00", "\xff", "bob\xff", strings.Repeat("b", 3000), `ann\40example.org`} {
		harmless(w, at, "help")
		harmless(w, at, "pay 5")
	}
	for _, id := range []string{"\x00", "\xff", strings.Repeat("x", 5000), "a b", "é"} {
		for range 2 {
			_, err := w.ask(command.Request{User: jid("ann"), Text: "pay 5 sat bob", ID: id, Edits: "\x00" + id})
			if err != nil {
				t.Errorf("a request with the id %.20q: %v", id, err)
			}
		}
	}
	for _, args := range []map[string]string{{"amount": "5\x00", "to": "bob"}, {"amount": "5", "to": "b\x00ob"}, {"amount": "5", "to": "bob", "memo": "\xff\x00"}} {
		_, _ = w.ask(command.Request{User: jid("ann"), Name: "pay", Args: args})
	}
	w.balanced()
}

// prepare gives ann something to lose.
func prepare(w *town) {
	w.overLightning()
	w.desk.Lightning.Open = 1_000_000
	w.enrol("ann", "bob")
	w.pays("ann", 200_000, 100)
	w.desk.Policy.AddressesUnused = 2
	w.desk.Policy.Limits.OpenOrders = 1_000_000
	w.desk.Policy.Limits.Day, w.desk.Policy.Limits.FirstDay = amount.FromSats(1e9), amount.FromSats(1e9)
}

// harmless says a line as ann, who has an account, and as eve, who has none.
func harmless(w *town, at, line string) {
	w.t.Helper()
	if u := w.user("ann"); !u.Active { // a line that says so may close the account
		w.must("ann", "", "register ann")
	}
	before, money := w.orders(), w.money("ann")
	reply, err := w.says("ann", at, line)
	if err == nil && len(reply.Lines) == 0 {
		w.t.Errorf("%q at %q: no answer", line, at)
	}
	var view wallet.OrderRecord
	code := codeIn(reply)
	if code != "" && w.orders() > before {
		var lost error
		if view, lost = w.desk.Order(context.Background(), w.caller("ann"), code); lost != nil {
			w.t.Errorf("%q at %q made an order that is not there: %v", line, at, lost)
		}
	}
	drafted := code != "" && view.State == "new"
	switch made := w.orders() - before; {
	case made == 0:
	case made != 1 || err != nil || !drafted || view.Amount <= 0:
		w.t.Errorf("%q at %q made %d orders: %+v, %v", line, at, made, reply, err)
	case !saysPay(w, line):
		w.t.Errorf("%q at %q made an order", line, at)
	}
	if w.orders() > before {
		w.must("ann", "", "cancel all")
	}
	if w.money("ann") != money {
		w.t.Errorf("%q at %q moved money without a code", line, at)
	}
	before = w.orders()
	if _, err := w.says("eve@far.example", at, line); err == nil && w.orders() != before || fault.Is(err, fault.Internal) {
		w.t.Errorf("%q at %q, by a stranger: %v", line, at, err)
	}
}

// saysPay reports whether a line begins as one that orders a payment must: with
// the command, or with something to pay to.
func saysPay(w *town, line string) bool {
	words := strings.Fields(line)
	for _, name := range slices.Concat(w.words.FindCommand("en", words[0]), w.words.FindCommand("fr", words[0])) {
		if name == "pay" {
			return true
		}
	}
	start := strings.ToLower(words[0])
	return strings.HasPrefix(start, "bitcoin:") || strings.HasPrefix(start, "bcrt1") || len(start) >= 26 && strings.ContainsAny(start[:1], "mn2")
}

// spokenLines are all that is said in the dialogues.
func spokenLines(t testing.TB) (lines []string) {
	t.Helper()
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.NewReplacer("{address:1}", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "{legacy:1}", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
		"{mainnet:1}", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "{typo:1}", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt090")
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for scan := bufio.NewScanner(file); scan.Scan(); {
			m := speech.FindStringSubmatch(scan.Text())
			if m != nil && m[3] == "→" && m[1] != "gateway" && m[5] != "" {
				if line := known.Replace(m[5]); !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}
