package command_test

import (
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

// hostileAmounts are texts in the place of an amount that must not become an
// order, said in chat or filled into a form.
var hostileAmounts = []string{
	"-1", "-0.5", "-5k", "-0", "−5", "–5", "- 5", "-₿1", "-21000000 BTC", "-9223372036854775808", "--5", "+-5", "++5",
	"0", "+0", "0 sat", "0.0", "0,0", "0.00000000", "0 BTC", "0k", "₿0",
	"1e3", "1E3", "1e-8", "0x10", "0b101", "0o17", "1.5e3", "10^3", "1/2", "½", "3+4", "5*2", "5-2", "010", "007", "00.1",
	"NaN", "Inf", "-Inf", "+Inf", "infinity", "null", "nil", "true",
	"1,000", "1.000", "1,000,000", "1.000.000", "1,000.50", "1.2.3", "5..", "..5", ".5", "5.", ",5", "5,",
	"٥", "۵", "५", "５", "１０", "一", "Ⅴ", "⁵", "②", "𝟓", "1٠", "5٫5", "5．5",
	"\u202E5", "5\u202E", "\u200E5", "5\u200F", "5\u200B", "\uFEFF5", "1\u20662\u2069", "5\u00AD", "5\u0301", "5\uFE0F\u20E3",
	"5\x00", "\x005", "5\x7F", "\xff", "5\xff", "5\xc2",
	"21000001 BTC", "21000000.00000001 BTC", "2100000000000001", "9223372036854775807", "9223372036854775808",
	"18446744073709551616", "18446744073709551617", "99999999999999999999", "340282366920938463463374607431768211456",
	"92233720368.54775808 BTC", "184467440737.09551616 BTC", strings.Repeat("9", 81), strings.Repeat("9", 5000), "0." + strings.Repeat("0", 5000) + "1",
	"0.000000000001 BTC", "0.0001 sat", "1.2345 sat", "0.0000001k",
	"5m", "5 msat", "5kbtc", "5kk", "5€", "€5", "$5", "5EUR", "3.50€", "1,000usd", "5xmr", "1.5",
	"5'; DROP TABLE transfer;--", "5\" OR 1=1", "<b>5</b>", "&#53;", "${5}", "{amount}", "%d", "5%", "#5", "=5", ">5", "(5)", "[5]",
	"5sat.", "₿5₿", "₿₿5", "$$5", "5;", "5:30", "1_00", "1__000", "_100", "100_", "1'00",
}

// goodAmounts are all that make one, and of how much.
var goodAmounts = map[string]amount.Msat{
	"5": amount.FromSats(5), "+5": amount.FromSats(5), "5 sat": amount.FromSats(5), "5sats": amount.FromSats(5), "1 000": amount.FromSats(1000),
	"1_000": amount.FromSats(1000), "1'000": amount.FromSats(1000), "1\u00A0000": amount.FromSats(1000), "2k": amount.FromSats(2000),
	"0.0001": amount.FromSats(10_000), "0,0001": amount.FromSats(10_000), "0.0001 BTC": amount.FromSats(10_000), "₿0.0001": amount.FromSats(10_000),
	"5 bits": amount.FromSats(500), "0.1 mBTC": amount.FromSats(10_000), "1.5 sat": 1500, "0.5 sat": 500,
}

func TestHostileAmountsMakeNoOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, node(t))
		w.enrol("ann", "bob")
		w.pays("ann", 150_000, 100)
		doors := map[string]func(text string) command.Request{
			"in chat":      func(text string) command.Request { return command.Request{Text: "pay " + text + " bob"} },
			"on a contact": func(text string) command.Request { return command.Request{At: "bob", Text: "pay " + text} },
			"by form": func(text string) command.Request {
				return command.Request{Name: "pay", Args: map[string]string{"amount": text, "to": "bob"}}
			},
			"as a request for money": func(text string) command.Request { return command.Request{Text: "request " + text + " bob"} },
			"as a limit":             func(text string) command.Request { return command.Request{Text: "limit " + text} },
			"to an address": func(text string) command.Request {
				return command.Request{Name: "pay", Args: map[string]string{"amount": text, "to": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"}}
			},
		}
		for door, request := range doors {
			for _, text := range hostileAmounts {
				r := request(text)
				r.User = jid("ann")
				if _, err := w.ask(r); err == nil || fault.Is(err, fault.Internal) {
					t.Errorf("%q %s: got %v, want a refusal", text, door, err)
				}
			}
		}
		if n := w.orders(); n > 0 {
			t.Fatalf("%d orders were made", n)
		}
		made := 0
		for text, want := range goodAmounts {
			for _, door := range []string{"in chat", "on a contact", "by form"} {
				r := doors[door](text)
				r.User = jid("ann")
				reply, err := w.ask(r)
				if err != nil {
					t.Errorf("%q %s: %v", text, door, err)
					continue
				}
				made++
				if got := reply.Lines[0].Args["amount"]; got != int64(want) {
					t.Errorf("%q %s is %v msat, want %d", text, door, got, want)
				}
				w.must("ann", "", "cancel all")
			}
		}
		if n := w.orders(); n != made {
			t.Errorf("%d orders, want %d", n, made)
		}
		w.balanced()
	})
}
