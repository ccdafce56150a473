package limedoor

import (
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/lime"
)

// currencies are the units of bitcoin, as currencies are written.
var currencies = map[string]string{"BTC": "btc", "XBT": "btc", "SAT": "sat", "SATS": "sat", "MSAT": "msat", "MBTC": "mbtc", "BIT": "bit", "BITS": "bit"}

// price is an amount of a currency, and how old the rate is in seconds: for
// those of states, the desk has a rate or not.
func (d *Door) price(text, currency string) (m amount.Msat, age int64, err error) {
	if unit, is := currencies[strings.ToUpper(currency)]; is {
		m, err = money(text, unit)
		return m, 0, err
	}
	if currency == "" {
		return 0, 0, refuse(lime.GatewayNotSupported, "rate.unknown", map[string]any{"currency": "?"})
	}
	m, at, err := d.desk.Price(text, currency)
	return m, max(0, int64(d.clock().Sub(at)/time.Second)), err
}
