package lightning_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lightning"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// doubts waits until so many differences are seen.
func doubts(t testing.TB, node lightning.Node, want int) []lightning.Doubt {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		all, err := node.(lightning.Doubtful).Doubts(ctx)
		if err == nil && len(all) == want {
			return all
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("got %+v (%v), want %d", all, err, want)
		}
	}
}

// shown waits until the backend has heard of a balance.
func shown(t testing.TB, node lightning.Node, w *teller, m amount.Msat) {
	t.Helper()
	w.Show(true, true, moneysocket.Bitcoin(moneysocket.Msat(m)))
	for ctx := t.Context(); ; {
		if b, err := node.Balance(ctx); err != nil {
			t.Fatal(err)
		} else if b.Local == m {
			return
		}
	}
}

// A Terminus tells what was paid to whoever is there, and never again: of what
// settled while we were away, only its balance speaks, and its receipts.
func TestAReceiptThatWasToldToNobody(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	node := w.backend(t, at(journal))
	shown(t, node, w, 1_000_000)
	w.makes = func(r moneysocket.Request) moneysocket.Answer {
		return moneysocket.Answer{Bolt11: billOf(t, 1, amount.Msat(r.Msats)).Invoice}
	}
	inv, err := node.Invoice(t.Context(), lightning.Ask{Amount: 7000, Description: "tea", Expiry: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	doubts(t, node, 0)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	w.alone(t)
	w.Show(true, true, moneysocket.Bitcoin(1_007_000))

	node = w.backend(t, at(journal))
	found := doubts(t, node, 1)
	if found[0].Ref != inv.Hash.String() || found[0].Lost || !strings.Contains(found[0].What, "7000 msat") {
		t.Errorf("got %+v", found)
	}
	proof, _ := secret(1)
	if _, _, err := lightning.TakeProofs(journal, []lightning.Preimage{proof}); err == nil {
		t.Error("the journal was written while a daemon has it")
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	stranger, _ := secret(9)
	received, paid, err := lightning.TakeProofs(journal, []lightning.Preimage{stranger, proof, proof})
	if err != nil || len(received) != 1 || received[0] != inv.Hash || len(paid) != 0 {
		t.Fatalf("got %v, %v (%v)", received, paid, err)
	}
	node = w.backend(t, at(journal))
	all, _, err := node.Received(t.Context(), 0, 10)
	if err != nil || len(all) != 1 || all[0].Hash != inv.Hash || all[0].Amount != 7000 {
		t.Errorf("got %+v (%v)", all, err)
	}
	doubts(t, node, 0)
}

// The same for a payment whose answer came when we had died.
func TestAPaymentThatWasMadeWhileWeWereGone(t *testing.T) {
	t.Parallel()
	w := opened(t)
	journal := filepath.Join(t.TempDir(), "journal")
	node := w.backend(t, at(journal))
	shown(t, node, w, 1_000_000)
	p := billOf(t, 1, 5000)
	begun := paying(t, node, p)
	w.next(t)
	doubts(t, node, 0)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	ends(t, begun, lightning.InFlight)
	w.alone(t)
	w.Show(true, true, moneysocket.Bitcoin(1_000_000-5012))

	node = w.backend(t, at(journal))
	found := doubts(t, node, 1)
	if found[0].Ref != p.Hash.String() || found[0].Lost || !strings.Contains(found[0].What, "5012 msat") {
		t.Errorf("got %+v", found)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	proof, _ := secret(1)
	if received, paid, err := lightning.TakeProofs(journal, []lightning.Preimage{proof}); err != nil || len(paid) != 1 || len(received) != 0 {
		t.Fatalf("got %v, %v (%v)", received, paid, err)
	}
	node = w.backend(t, at(journal))
	is(t, node, p.Hash, lightning.Succeeded)
	doubts(t, node, 0)
}

// What the journal says, what the account shows, and what is said of it.
func TestWhatAnAccountShows(t *testing.T) {
	t.Parallel()
	wad := `{"what":"wad","at":1700000000,"msat":1000000}` + "\n"
	begun := func(n, msat int) string { return line("begun", n, fmt.Sprintf(`,"msat":%d,"limit":100`, msat)) }
	paid := func(n int, more string) string { return line("paid", n, `,"preimage":"`+secretHex(n)+`"`+more) }
	for name, tt := range map[string]struct {
		journal string
		shows   amount.Msat
		what    string // of the doubt; "" is none
		lost    bool
	}{
		"what it showed before":                     {wad, 1_000_000, "", false},
		"anything, to a journal that knew of none":  {"", 3, "", false},
		"a payment with a fee that was told":        {wad + begun(1, 5000) + paid(1, `,"fee":12`), 994_988, "", false},
		"a fee that was not told":                   {wad + begun(1, 5000) + paid(1, ""), 994_950, "", false},
		"a fee that nobody agreed to":               {wad + begun(1, 5000) + paid(1, ""), 994_899, "at least 1 more", true},
		"a fee that was told wrong":                 {wad + begun(1, 5000) + paid(1, `,"fee":12`), 994_987, "at least 1 more", true},
		"a receipt":                                 {wad + line("invoice", 2, `,"msat":8000`) + line("receipt", 2, `,"preimage":"`+secretHex(2)+`","index":1`), 1_008_000, "", false},
		"less, and nothing was asked for":           {wad, 999_999, "at least 1 more", true},
		"less, of which a payment explains a part":  {wad + begun(1, 5000), 900_000, "at least 94900 more", true},
		"a payment that was made":                   {wad + begun(1, 5000), 994_988, "was probably made", false},
		"a payment that was not":                    {wad + begun(1, 5000), 1_000_000, "", false},
		"a payment that failed":                     {wad + begun(1, 5000) + line("failed", 1, ""), 995_000, "at least 5000 more", true},
		"more, as an open invoice":                  {wad + line("invoice", 2, `,"msat":8000`), 1_008_000, "the invoice of 8000 msat", false},
		"more, as an open invoice, less by a fee":   {wad + begun(1, 5000) + paid(1, "") + line("invoice", 2, `,"msat":8000`), 1_002_950, "the invoice of 8000 msat", false},
		"more, as no invoice":                       {wad + line("invoice", 2, `,"msat":8000`), 1_008_001, "no open invoice", false},
		"what the operator has said that is right":  {wad + `{"what":"wad","at":1700000000,"msat":5}` + "\n", 5, "", false},
		"nothing at all, which is a balance as any": {`{"what":"wad","at":1700000000}` + "\n", 1, "no open invoice", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := opened(t)
			w.Show(true, true, moneysocket.Bitcoin(moneysocket.Msat(tt.shows)))
			journal := filepath.Join(t.TempDir(), "journal")
			written(t, journal, birth+tt.journal)
			node := w.backend(t, at(journal))
			linked(t, node)
			got, err := node.(lightning.Doubtful).Doubts(t.Context())
			switch {
			case err != nil:
				t.Error(err)
			case tt.what == "" && len(got) > 0, tt.what != "" && len(got) != 1:
				t.Errorf("got %+v", got)
			case len(got) == 1 && (!strings.Contains(got[0].What, tt.what) || got[0].Lost != tt.lost):
				t.Errorf("got %+v", got)
			}
		})
	}
	t.Run("a budget is no balance", func(t *testing.T) {
		t.Parallel()
		w := opened(t)
		journal := filepath.Join(t.TempDir(), "journal")
		written(t, journal, birth+wad)
		node := w.backend(t, at(journal), func(c *lightning.Config) { c.Budget = true })
		shown(t, node, w, 3)
		doubts(t, node, 0)
	})
}

func written(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
