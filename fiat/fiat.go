// Package fiat knows what one bitcoin costs in other currencies, for showing
// an amount and for nothing else: the books are in millisatoshi.
//
// The rates are one JSON object, {"EUR": 61234.56, "USD": "66000"}: a file of
// the operator, or what a price server answers, as mempool.space does under
// /api/v1/prices. When they can not be had or make no sense, the last good
// ones are kept, until they are too old. Then there is no rate.
//
// No number here is ever a float.
package fiat

import (
	"context"
	"errors"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"
)

// Longest is how long a document of rates may be, in bytes.
const Longest = 64 << 10

// Options of a Source: either File or Fetch, and no more than that is needed.
type Options struct {
	File  string                                    // read each time; its rates are as old as it is
	Fetch func(ctx context.Context) ([]byte, error) // asks a server; its rates are of when it was asked

	Every time.Duration // between two looks; 0 means 10 s for a file and 5 min for a server
	Stale time.Duration // older rates are none; 0 means 1 h

	Clock func() time.Time // nil means time.Now
	Log   *slog.Logger     // nil means none
}

// Source has the rates that were last good. It may be used by many at once.
// A nil Source has none.
type Source struct {
	o Options

	mu    sync.Mutex
	per   map[string]*big.Rat // for one BTC, by code; never changed, only replaced
	at    time.Time
	stale bool // so it was said in the log
}

// New returns a Source that has no rates yet: Refresh and Run bring them. It
// starts nothing. It fails without a File and a Fetch, and with both.
func New(o Options) (*Source, error) {
	if (o.File == "") == (o.Fetch == nil) {
		return nil, errors.New("fiat: either a file or a server")
	}
	if o.Every < 0 || o.Stale < 0 {
		return nil, errors.New("fiat: a time is negative")
	}
	if o.Every == 0 {
		o.Every = 5 * time.Minute
		if o.File != "" {
			o.Every = 10 * time.Second
		}
	}
	if o.Stale == 0 {
		o.Stale = time.Hour
	}
	if o.Stale <= o.Every {
		return nil, errors.New("fiat: rates would be too old before they are looked at again")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{o: o}, nil
}

// Of returns what one bitcoin costs in the currency of an ISO 4217 code, in
// any case. ok is false if that is not known, or was known too long ago.
func (s *Source) Of(code string) (r Rate, ok bool) {
	currency, ok := CurrencyOf(code)
	if !ok || s == nil {
		return Rate{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	per := s.per[currency.Code]
	if per == nil || s.old() {
		return Rate{}, false
	}
	return Rate{Currency: currency, PerBTC: new(big.Rat).Set(per), At: s.at}, true
}

// Codes lists the currencies for which Of has a rate now, by the alphabet.
func (s *Source) Codes() []string {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.old() {
		return nil
	}
	codes := make([]string, 0, len(s.per))
	for code := range s.per {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, strings.Compare)
	return codes
}

// old reports whether what is known is too old to be told.
func (s *Source) old() bool { return s.o.Clock().Sub(s.at) > s.o.Stale }
