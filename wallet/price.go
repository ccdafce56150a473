package wallet

import (
	"math/big"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/fiat"
	"github.com/bitcoim/bitcoim/i18n"
)

// Price is what an amount of a currency of the world is in bitcoin, rounded up to
// a whole satoshi, and of when the rate is. Units are digits, perhaps with a
// point. Its faults are of kind Invalid.
func (s *Service) Price(units, currency string) (amount.Msat, time.Time, error) {
	r, err := s.rateOf(currency)
	if err != nil {
		return 0, time.Time{}, err
	}
	bad := amount.ErrAmount.New(fault.Invalid, "amount.syntax", fault.Args{"text": i18n.Clip(units, 40)})
	whole, part, _ := strings.Cut(units, ".")
	if whole == "" || len(units) > 40 || strings.Trim(whole+part, "0123456789") != "" {
		return 0, time.Time{}, bad
	}
	n, ok := new(big.Rat).SetString(whole + "." + part + "0")
	if !ok || n.Sign() <= 0 {
		return 0, time.Time{}, bad
	}
	n.Quo(n, r.PerBTC)
	n.Mul(n, new(big.Rat).SetInt64(int64(amount.BTC/amount.Sat)))
	sats, rest := new(big.Int).QuoRem(n.Num(), n.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		sats.Add(sats, big.NewInt(1))
	}
	if !sats.IsInt64() || sats.Int64() > int64(amount.Max/amount.Sat) {
		return 0, time.Time{}, amount.ErrAmount.New(fault.Invalid, "amount.too-much", fault.Args{"text": i18n.Clip(units, 40), "max": int64(amount.Max)})
	}
	return amount.FromSats(sats.Int64()), r.At, nil
}

// Worth is what an amount is in a currency of the world.
func (s *Service) Worth(m amount.Msat, currency string) (Fiat, error) {
	r, err := s.rateOf(currency)
	if err != nil {
		return Fiat{}, err
	}
	return Fiat{Code: r.Code, Symbol: r.Symbol, Decimals: r.Decimals, Units: r.Units(m), PerBTC: r.PerBTC.RatString()}, nil
}

func (s *Service) rateOf(currency string) (fiat.Rate, error) {
	r, ok := s.Exchange.Of(currency)
	if !ok || r.PerBTC == nil || r.PerBTC.Sign() <= 0 {
		return fiat.Rate{}, ErrNoRate.With(fault.Args{"currency": i18n.Clip(strings.ToUpper(currency), 20)})
	}
	return r, nil
}

// Fiat is an amount in another currency.
type Fiat struct {
	Code     string // ISO 4217
	Symbol   string
	Decimals int
	Units    string // decimal number, rounded towards zero to Decimals
	PerBTC   string // what a bitcoin costs, exactly, as [big.Rat] reads it
}
