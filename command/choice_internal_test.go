package command

import (
	"slices"
	"testing"

	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// In French one word is both the value of a setting and the answer to a question.
func TestAWordThatIsTwoChoices(t *testing.T) {
	words, err := i18n.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c := &Call{Desk: New(&wallet.Service{Words: words}), Lang: "en", Command: &Command{Name: "set", Fields: []Field{{Name: "setting", Choices: settings}}},
		Args: map[string]string{"setting": "avis", "value": "oui", "sure": "oui"}}
	want := []string{"notify", "on", "yes"}
	for range 20 {
		if got := c.inOneLanguage([]string{"avis", "oui", "oui"}); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}
