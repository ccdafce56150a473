package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/worker"
)

// Who pays hears of a payment that was booked by hand what a gateway would have said,
// and of one that was released the operator's reason.
func TestWhatAnOperatorEndsIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		success      string // what the payee wants said (LUD-09)
		byApp, quiet bool
		book, back   []string // what the notice says; nil for no notice
	}{
		"to the payer":                       {book: []string{"order.paid-invoice "}, back: []string{"order.released ", "51000", "why"}},
		"with the payee's words":             {success: `{"tag":"message","message":"thank you"}`, book: []string{"order.paid-invoice-success ", "thank you"}, back: []string{"order.released "}},
		"to the user of the app that paid":   {byApp: true, book: []string{"app.paid ", "game"}, back: []string{"order.released ", "why"}},
		"not to a payer who wants no notice": {quiet: true},
	} {
		for act, want := range map[string][]string{"book": tt.book, "release": tt.back} {
			t.Run(name+", "+act, func(t *testing.T) {
				dbtest.Each(t, func(t *testing.T, d *db.DB) {
					s := sell(t, d, func(s *sale, tx *db.Tx, draft *paymentorder.Draft) paymentorder.Approval {
						if draft.Success = tt.success; !tt.byApp {
							return paymentorder.InPerson()
						}
						a, err := app.Link(t.Context(), tx, s.ann.ID, app.NewApp{Name: "game", Kind: app.Moneysocket, Secret: strings.Repeat("0", 32), Budget: 60_000, Per: app.Day})
						if err == nil {
							a, err = app.Lock(t.Context(), tx, a.ID)
						}
						if err != nil {
							t.Fatal(err)
						}
						return paymentorder.OutOfBudget(a, app.Request{Key: "1", Hash: draft.Hash})
					})
					s.sticks()
					if tt.quiet {
						s.do(func(tx *db.Tx) error { return useraccount.Set(t.Context(), tx, s.ann, "notify", 0) })
					}
					var out bytes.Buffer
					err := error(nil)
					if act == "book" {
						err = book(t.Context(), &program{out: &out, err: &out}, d, nil, s.o.ID, made{proof: s.preimage.Hex(), reason: "why", checked: true})
						s.is(paymentorder.Done, 50_000, 0)
					} else {
						err = taken(t.Context(), d, s.o.ID, worker.Operator{DB: d, Name: "me", Reason: "why"}.GiveBack)
						s.is(paymentorder.Failed, 100_000, 0)
					}
					told := s.told()
					if err != nil || len(told) != min(len(want), 1) {
						t.Fatalf("told %q (%v)", told, err)
					}
					for _, w := range want {
						if !strings.Contains(told[0], w) {
							t.Errorf("told %q, want %q in it", told[0], w)
						}
					}
				})
			})
		}
	}
}
