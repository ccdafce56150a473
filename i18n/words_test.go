package i18n_test

import (
	"slices"
	"testing"
)

func TestFindCommand(t *testing.T) {
	c := load(t,
		"en.toml", `
[command.pay]
word = "pay"
aliases = ["send"]
[command.pending]
word = "pending"
[command.set]
word = "set"
[command.settle]
word = "settle"
[command.cancel]
word = "cancel"
[command."orders-stuck"]
title = "no word"
`, "fr.toml", `
[command.pay]
word = "payer"
[command.pending]
word = "attente"
[command.set]
word = "régler"
[command.cancel]
word = "annuler"
aliases = ["abandonner"]
`)
	for word, want := range map[string][]string{
		"pay":       {"pay"},
		"PAY":       {"pay"},
		"send":      {"pay"},
		"sen":       {"pay"},
		"pa":        {"pay"}, // pay and payer are one command
		"paye":      nil,     // the beginning of another language's word
		"p":         {"pay", "pending"},
		"set":       {"set"}, // a whole word beats settle
		"se":        {"pay", "set", "settle"},
		"sett":      {"settle"},
		"régler":    {"set"},
		"regler":    {"set"},
		"RÉGLER":    {"set"},
		"re\u0301g": nil,
		"a":         nil,
		"can":       {"cancel"},
		"payez":     nil,
		"":          nil,
		" ":         nil,
		"\u0301":    nil,
		"\xff":      nil,
	} {
		if got := c.FindCommand("en", word); !slices.Equal(got, want) {
			t.Errorf("FindCommand(en, %q) = %q, want %q", word, got, want)
		}
	}
	for _, tt := range [][3]string{
		{"en", "set", "set"}, {"fr", "set", "régler"}, {"fr-CA", "pay", "payer"}, {"fr", "settle", "settle"}, {"de", "pay", "pay"}, {"fr", "sing", "sing"},
	} {
		if got := c.Word(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s in %s: got %q, want %q", tt[1], tt[0], got, tt[2])
		}
		if got := c.Printer(tt[0], "").Word(tt[1]); got != tt[2] {
			t.Errorf("%s in %s, printed: got %q, want %q", tt[1], tt[0], got, tt[2])
		}
	}
}
