package command_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// Whoever asks the wallet itself is asked who they are by the wallet, whatever a door did
// before: an app that is paused, an app of somebody else, and who has no account.
func TestTheWalletAsksWhoMay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, id := appTown(t, d, 5000)
		w.enrol("carol")
		s := w.desk.Service
		asks := map[string]func(ctx context.Context, by wallet.Caller) error{
			"what there is": func(ctx context.Context, by wallet.Caller) error { _, err := s.Balance(ctx, by); return err },
			"the history": func(ctx context.Context, by wallet.Caller) error {
				_, err := s.History(ctx, by, wallet.HistoryQuery{})
				return err
			},
			"a line":        func(ctx context.Context, by wallet.Caller) error { _, err := s.Tx(ctx, by, 1); return err },
			"a transaction": func(ctx context.Context, by wallet.Caller) error { _, err := s.Transaction(ctx, by, "00"); return err },
			"what waits":    func(ctx context.Context, by wallet.Caller) error { _, err := s.Pending(ctx, by, ""); return err },
			"an order":      func(ctx context.Context, by wallet.Caller) error { _, err := s.Order(ctx, by, "k7fw"); return err },
			"its own order": func(ctx context.Context, by wallet.Caller) error { _, err := s.OrderAsked(ctx, by); return err },
			"the orders":    func(ctx context.Context, by wallet.Caller) error { _, _, err := s.Orders(ctx, by, 0, 9); return err },
			"an invoice":    func(ctx context.Context, by wallet.Caller) error { _, err := s.Invoice(ctx, by, "00"); return err },
			"the invoices":  func(ctx context.Context, by wallet.Caller) error { _, _, err := s.Invoices(ctx, by, 0, 9); return err },
			"a drop":        func(ctx context.Context, by wallet.Caller) error { _, err := s.DropInvoice(ctx, by, "00"); return err },
			"an address":    func(ctx context.Context, by wallet.Caller) error { _, err := s.Address(ctx, by); return err },
			"the addresses": func(ctx context.Context, by wallet.Caller) error { _, err := s.Addresses(ctx, by); return err },
			"one more":      func(ctx context.Context, by wallet.Caller) error { _, err := s.NewAddress(ctx, by, ""); return err },
			"a label": func(ctx context.Context, by wallet.Caller) error {
				_, err := s.LabelAddress(ctx, by, "x", "y")
				return err
			},
			"a hidden one": func(ctx context.Context, by wallet.Caller) error { _, err := s.HideAddress(ctx, by, "x"); return err },
			"to be paid": func(ctx context.Context, by wallet.Caller) error {
				_, err := s.Receive(ctx, by, wallet.Receiving{})
				return err
			},
			"another": func(ctx context.Context, by wallet.Caller) error {
				_, err := s.RequestMoney(ctx, by, wallet.MoneyRequest{Amount: amount.Sat})
				return err
			},
			"a bill": func(ctx context.Context, by wallet.Caller) error {
				_, err := s.Bill(ctx, by, wallet.Bill{Node: "x"})
				return err
			},
			"to be written":   func(ctx context.Context, by wallet.Caller) error { _, err := s.Greet(ctx, by, "x", "", ""); return err },
			"what moves":      func(ctx context.Context, by wallet.Caller) error { _, err := s.Snapshot(ctx, by, 0); return err },
			"for silence":     func(ctx context.Context, by wallet.Caller) error { _, err := s.Mute(ctx, by, "carol"); return err },
			"for its end":     func(ctx context.Context, by wallet.Caller) error { _, err := s.Unmute(ctx, by, "carol"); return err },
			"who is silenced": func(ctx context.Context, by wallet.Caller) error { _, err := s.Muted(ctx, by); return err },
		}
		owners := map[string]bool{"for silence": true, "for its end": true, "who is silenced": true}
		callers := map[string]struct {
			by   wallet.Caller
			want error
		}{
			"an app of somebody else": {w.asApp("carol", id), app.ErrUnknown},
			"nobody":                  {w.caller("nobody"), useraccount.ErrNotRegistered},
		}
		refused := func(who string, by wallet.Caller, want error) {
			for what, ask := range asks {
				is := want
				switch {
				case owners[what] && who == "an app that is paused":
					is = wallet.ErrNotInPerson
				case what == "what moves" && who == "nobody":
					is = useraccount.ErrUnknown
				}
				if err := ask(t.Context(), by); !errors.Is(err, is) {
					t.Errorf("%s asks for %s: got %v, want %v", who, what, err, is)
				}
			}
		}
		for who, c := range callers {
			refused(who, c.by, c.want)
		}
		w.must("ann", "", "app game pause")
		refused("an app that is paused", w.asApp("ann", id), app.ErrPaused)
	})
}

// asApp is an app that asks for somebody.
func (w *town) asApp(who string, id wallet.AppID) wallet.Caller {
	by := w.caller(who)
	by.App = id
	return by
}
