package amount_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
)

// hostile are texts that must not become money, under the phrase that says
// why.
var hostile = map[string][]string{
	"amount.empty": {"", " ", "   ", "\u00A0", "\u2009\u202F", "\u2007"},
	"amount.syntax": {
		// no number
		"lunch", "all", "k", "sat", "BTC", "₿", "NaN", "nan", "Inf", "+Inf", "-Inf", "infinity", "null", "nil", "true", "-", "+",
		"--5", "+-5", "-+5", "++5", "- -5", "±5", "~5", "<5", ">5", "=5", "#5", "%5", "5%", "$", "€", "@5", "5@bob", "(5)", "[5]", "{5}",
		// other notations
		"0x10", "0X1F", "0b101", "0o17", "1e3", "1E3", "1e-8", "1.5e3", "0x1p4", "10^3", "2**3", "1/2", "½", "5!", "3+4", "5*2", "5-2", "1;2", "1:30",
		"010", "007", "00", "00.1", "0 100", "0_100", "01 000",
		// half numbers
		".", ",", ".5", ",5", "5.", "5,", "5.sat", "5. 5", "5 .5", "0.", ".0", "0.k", "5..", "..5", "0..1", "5,,5", "5.,5",
		// grouping that is none
		"1 00", "1 0000", "12 34", "1234 567", "1 000 00", "1_00", "1__000", "1 _000", "_100", "100_", "'100", "100'", "1'00", "1 000_000", "1_000 000", "1'000 000",
		"0.000 1", "0.000_1", "1 000.000 000", "1  000",
		"1`000", "1\"000", "1´000", "1·000", "1;000", "1-000", "1\u200B000", "1\t000", "1\n000", "5\n", "\n5", "5\t", "5\r\n", "5\x00", "\x005", "5\x00sat", "5\x7F",
		// other digits and letters
		"٥", "۵", "५", "５", "１０", "一", "百", "Ⅴ", "ⅳ", "⁵", "₅", "②", "𝟓", "1٠", "٫5", "5٫5", "5．5", "5，5", "5 ѕat", "5 ｓａｔ", "5 ſat", "5 \u212A", "5 ВТС",
		// things that can not be seen
		"\u202E5", "5\u202E", "\u200E5", "5\u200F", "5\u200B", "\uFEFF5", "5\uFEFF", "1\u20662\u2069", "5\u00AD", "\u2028" + "5", "5\u0301", "5\uFE0F\u20E3",
		// broken text
		"\xff", "5\xff", "5\xc2", "\xa05", "5 \xe2\x82", "\xed\xa0\x80",
		// units that are several
		"5 sat sat", "5 sats btc", "₿5 sat", "₿5₿", "₿₿5", "5 BTC 5", "5 sat 5", "5k5", "5k 5", "5sat.", "5 sat!", "5 sat,", "5,sat", "5 m BTC", "5 k sat", "5 s-at", "5₿₿",
		"$$5", "$5 USD", "€5k", "5 $ 5",
		// where computers stumble
		"5'; DROP TABLE transfer;--", "5\" OR 1=1", "<b>5</b>", "&#53;", "%35", "\\u0035", "${5}", "{amount}", "%d", "5 sat<script>",
		strings.Repeat("9", 81), strings.Repeat("9", 10_000), "0." + strings.Repeat("0", 10_000) + "1", strings.Repeat("1 000 ", 30), strings.Repeat("k", 1000), "5" + strings.Repeat("k", 100),
	},
	"amount.separators": {"1,000,000", "1.000.000", "1,000.50", "1.000,50", "1.2.3", "1,2,3", "1.5.sat", "0.0.1", "127.0.0.1"},
	"amount.negative":   {"-1", "-0.5", "-5 sat", "-5k", "-0", "−5", "–5", "- 5", "-$5", "-₿1", "-21000000 BTC", "-9223372036854775808", "-1e3", "-0x1"},
	"amount.zero":       {"0", "+0", "0 sat", "0.0", "0,0", "0.000", "0.00000000", "0 BTC", "0k", "0.0000000000000 BTC", "0s", "0₿", "₿0", "0 mbtc"},
	"amount.precision":  {"0.0001 sat", "0.00051 sat", "1.2345 sat", "0.000000000001 BTC", "0.00000000000000000000000000000001 BTC", "0.0000001k", "0.000001 bit", "0.000000001 mBTC", "2100000000000000.0001 sat"},
	"amount.too-much": {
		"21000001 BTC", "21000000.00000001 BTC", "21000000.00000000001 BTC", "2100000000000001", "2100000000000000.5 sat", "21000000000001 k",
		"9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "18446744073709551617", "99999999999999999999",
		"340282366920938463463374607431768211456", strings.Repeat("9", 80), "1" + strings.Repeat("0", 60) + " BTC", "184467440737.09551616 BTC", "92233720368.54775808 BTC",
		"₿21 000 001", "21 000 000 001 mBTC", "210 000 000 000 001 bits",
	},
	"amount.unit": {"5 bob", "5 b", "5 kbtc", "5 msat", "5 msats", "5 mk", "5 kk", "5 e", "1e", "5 x", "5 satss", "5 btcs", "5 uBTC", "5 finney", "5 wei", "5 eth", "5 xmr", "5 saat", "5 NaN", "1.5 lunch", "1,000 lunch"},
	"amount.fiat": {"5€", "€5", "€ 5", "5 EUR", "5 eur", "5 euros", "$5", "5$", "5 USD", "5 dollars", "£5", "5 GBP", "¥500", "3.50€", "1,000usd", "5 chf", "5 usdt"},
}

func TestParseRefusesHostileText(t *testing.T) {
	count := 0
	for phrase, texts := range hostile {
		for _, text := range texts {
			count++
			for _, unit := range amount.Units {
				m, err := amount.Parse(text, unit)
				if err == nil {
					t.Errorf("Parse(%q, %s) = %d, want %s", text, unit, m, phrase)
					continue
				}
				f := fault.Of(err)
				if m != 0 || f.Kind != fault.Invalid || f.Phrase != phrase {
					t.Errorf("Parse(%q, %s) = %d, %v; want %s", text, unit, m, err, phrase)
				}
				for key, value := range f.Args {
					if s, ok := value.(string); ok && (!utf8.ValidString(s) || len(s) > 200) {
						t.Errorf("Parse(%q): argument %s is not fit to be shown: %q", text, key, s)
					}
				}
			}
		}
	}
	if count < 200 {
		t.Errorf("%d hostile texts, want at least 200", count)
	}
}
