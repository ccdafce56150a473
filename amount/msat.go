// Package amount is money as a number: 64-bit millisatoshi, read from and
// written to decimal text without floats.
package amount

// Msat is an amount of money in millisatoshi (1/1000 satoshi).
type Msat int64

const (
	Sat Msat = 1000
	BTC Msat = 100_000_000 * Sat
	// Max is all the money there can be: 21 million BTC.
	Max Msat = 21_000_000 * BTC
)

// Sats returns the whole satoshis in m, rounded down for positive amounts.
func (m Msat) Sats() int64 { return int64(m / Sat) }

// FromSats returns n satoshis.
func FromSats(n int64) Msat { return Msat(n) * Sat }

// CeilSat rounds a positive amount up to a whole satoshi.
func (m Msat) CeilSat() Msat { return (m + Sat - 1) / Sat * Sat }

// CeilSats returns the whole satoshis that cover a positive amount.
func (m Msat) CeilSats() int64 { return m.CeilSat().Sats() }
