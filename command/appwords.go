package command

import (
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// budget reads "2000/day", "0.5 mBTC / week" or "2000", which is a day's.
func (c *Call) budget(text string) (b wallet.Budget, err error) {
	sum, per, found := strings.Cut(text, "/")
	if b.Per = wallet.Periods[0]; found {
		if b.Per = wallet.Period(c.chosen("per", per, periods()...)); b.Per == "" {
			return b, wallet.ErrBudget
		}
	}
	if sum = strings.TrimSpace(sum); sum == "0" {
		return b, nil // every payment is asked about
	}
	b.Amount, err = amount.Parse(sum, c.unit())
	return b, err
}

func periods() []string {
	var all []string
	for _, p := range wallet.Periods {
		all = append(all, string(p))
	}
	return all
}

// spans are how long the letters of an expiry are, in seconds.
var spans = map[string]int64{"h": 3600, "d": 24 * 3600, "j": 24 * 3600, "w": 7 * 24 * 3600, "s": 7 * 24 * 3600}

// longestSpan keeps an expiry within what anybody could mean: ten years.
const longestSpan = 3653 * 24 * 3600

// expiry reads "30d", "12h" or "2w", in French "30j" and "2s", as a time in
// seconds; 0 is never.
func (c *Call) expiry(text string) (int64, error) {
	text = strings.ToLower(strings.ReplaceAll(text, " ", ""))
	if text == "" {
		return 0, nil
	}
	wrong := fault.New(fault.Invalid, "app.expiry-syntax", nil)
	n, err := strconv.ParseInt(strings.TrimRight(text, "hdjws"), 10, 32)
	length := spans[strings.TrimLeft(text, "0123456789")]
	if err != nil || n <= 0 || length == 0 || n*length > longestSpan {
		return 0, wrong
	}
	return c.by.Now + n*length, nil
}
