package command_test

import (
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/wallet"
)

// What the wallet does not know is not set, whatever door asks.
func TestASettingThatThereIsNotIsRefused(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), node(t))
	w.enrol("ann")
	ann, err := w.desk.Caller(t.Context(), wallet.Caller{JID: jid("ann")})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]wallet.Settings{
		"a language": {Language: new("tlh")},
		"a unit":     {Unit: new("acre")},
		"a currency": {Fiat: new("EUR")}, // there are no rates
	} {
		if _, err := w.desk.Set(t.Context(), ann, want); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	less := -1 * amount.Sat
	if _, err := w.desk.SetLimit(t.Context(), ann, &less); !fault.Is(err, fault.Invalid) {
		t.Errorf("a limit below nothing: %v", err)
	}
}
