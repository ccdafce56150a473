package command_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/wallet"
)

// An account, and the apps that use it, are looked after by the user in person, whatever
// door asks.
func TestAnAppLooksAfterNoAccount(t *testing.T) {
	w, id := appTown(t, dbtest.SQLite(t), 1000)
	ctx, s := t.Context(), w.desk.Service
	bot, err := s.Caller(ctx, wallet.Caller{JID: jid("ann"), App: id})
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"link":   func() error { _, err := s.Link(ctx, bot, wallet.NewLink{Kind: wallet.LIME, Name: "more"}); return err },
		"budget": func() error { _, err := s.SetBudget(ctx, bot, "game", wallet.Budget{Amount: 1}); return err },
		"pause":  func() error { _, err := s.PauseApp(ctx, bot, "game"); return err },
		"resume": func() error { _, err := s.ResumeApp(ctx, bot, "game"); return err },
		"unlink": func() error { _, err := s.Unlink(ctx, bot, "game"); return err },
		"show":   func() error { _, err := s.LinkedApp(ctx, bot, "game"); return err },
		"log":    func() error { _, _, err := s.AppLog(ctx, bot, "game", 5); return err },
		"allow":  func() error { _, err := s.Allow(ctx, bot, "k7fw"); return err },
		"deny":   func() error { _, err := s.Deny(ctx, bot, "k7fw"); return err },

		"register":   func() error { _, err := s.Register(ctx, bot, wallet.NewAccount{Name: "anna"}); return err },
		"unregister": func() error { _, err := s.Unregister(ctx, bot); return err },
		"close":      func() error { _, err := s.CloseEmpty(ctx, bot); return err },
		"name":       func() error { _, err := s.Rename(ctx, bot, "anna"); return err },
		"free name":  func() error { return s.NameFree(ctx, bot, "anna") },
		"set":        func() error { _, err := s.Set(ctx, bot, wallet.Settings{Notify: new(bool)}); return err },
		"limit":      func() error { _, err := s.SetLimit(ctx, bot, nil); return err },
		"limits":     func() error { _, err := s.DayLimits(ctx, bot); return err },
		"subscribe":  func() error { return s.Subscribe(ctx, bot, "bob", true) },
		"addresses":  func() error { _, err := s.AddressContacts(ctx, bot, "ann"); return err },
		"delegate":   func() error { return s.Delegate(ctx, bot, "bob", "{}", 5) },
		"undelegate": func() error { return s.Undelegate(ctx, bot, "bob") },
	} {
		if err := do(); !errors.Is(err, wallet.ErrNotInPerson) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestABudgetThatIsNoneIsRefused(t *testing.T) {
	w, _ := appTown(t, dbtest.SQLite(t), 1000)
	ann, err := w.desk.Caller(t.Context(), wallet.Caller{JID: jid("ann")})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]wallet.Budget{
		"less than nothing":   {Amount: -1, Per: "day"},
		"more than there is":  {Amount: 21_000_001 * 100_000_000 * 1000, Per: "day"},
		"of another period":   {Amount: 1, Per: "year"},
		"nothing, in no time": {Per: "never"},
	} {
		if _, err := w.desk.SetBudget(context.Background(), ann, "game", b); !errors.Is(err, wallet.ErrBudget) {
			t.Errorf("%s: set, %v", name, err)
		}
		if _, err := w.desk.Link(context.Background(), ann, wallet.NewLink{Kind: wallet.LIME, Name: "more", Budget: &b}); !errors.Is(err, wallet.ErrBudget) {
			t.Errorf("%s: linked, %v", name, err)
		}
	}
}

// A link that was taken away is not made again by the request that made it.
func TestARequestThatComesAgainLinksNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, _ := appTown(t, d, 1000)
		link := func() (wallet.Linked, error) {
			by, err := w.desk.Caller(t.Context(), wallet.Caller{JID: jid("ann"), Key: wallet.Key{ID: "k1", Asked: "a bot"}})
			if err != nil {
				return wallet.Linked{}, err
			}
			return w.desk.Link(t.Context(), by, wallet.NewLink{Kind: wallet.LIME, Name: "clerk"})
		}
		first, err := link()
		if err != nil || first.Secret == nil || first.Secret.Key == "" {
			t.Fatalf("first %+v, %v", first, err)
		}
		w.must("ann", "", "unlink clerk")
		again, err := link()
		if err != nil || again.Secret != nil || again.ID != first.ID {
			t.Errorf("then %+v, %v", again, err)
		}
		if all, err := w.desk.LinkedApps(t.Context(), w.caller("ann")); err != nil || len(all) != 1 {
			t.Errorf("linked are %+v, %v", all, err)
		}
	})
}

// What an app asked for and nobody answered goes with it.
func TestAnAppThatGoesAsksNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, id := appTown(t, d, 1)
		for _, line := range []string{"app game pause", "unlink game"} {
			w.must("ann", "", "app game resume")
			if said, err := w.outcome(id, line, w.stranger(1_000_000, line).text(t)); said != "waits" || err != nil {
				t.Fatal(line, said, err)
			}
			w.must("ann", "", line)
			if open := w.waiting("ann"); len(open) != 0 {
				t.Errorf("%s: %d orders wait", line, len(open))
			}
		}
	})
}
