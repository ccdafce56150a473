package command_test

import (
	"context"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/fiat"
	"github.com/bitcoim/bitcoim/wallet"
)

func TestPrice(t *testing.T) {
	x, err := fiat.New(fiat.Options{Fetch: func(context.Context) ([]byte, error) {
		return []byte(`{"EUR": 50000, "BRL": "300000.5", "JPY": 9000000}`), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := command.New(&wallet.Service{Exchange: x})
	for name, tt := range map[string]struct {
		units, currency string
		want            amount.Msat // 0 is a fault
	}{
		"an even amount":       {"5", "EUR", 10_000 * amount.Sat},
		"cents":                {"0.01", "eur", 20 * amount.Sat},
		"rounded up":           {"1", "BRL", 334 * amount.Sat},
		"less than a satoshi":  {"0.0001", "EUR", 1 * amount.Sat},
		"a point and no cents": {"5.", "EUR", 10_000 * amount.Sat},
		"nothing":              {"0", "EUR", 0},
		"less":                 {"-5", "EUR", 0},
		"no digits":            {"", "EUR", 0},
		"words":                {"five", "EUR", 0},
		"an exponent":          {"1e3", "EUR", 0},
		"a fraction":           {"1/3", "EUR", 0},
		"more than there is":   {"99999999999999", "EUR", 0},
		"much more":            {"9999999999999999999999999999999999999", "EUR", 0},
		"a currency we lack":   {"5", "USD", 0},
		"what is no currency":  {"5", "SAT", 0},
		"no currency":          {"5", "", 0},
	} {
		m, at, err := d.Price(tt.units, tt.currency)
		if m != tt.want || (err == nil) != (tt.want > 0) || err == nil && time.Since(at) > time.Hour || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %d of %v, %v", name, m, at, err)
		}
	}
	if f, err := d.Worth(10_000*amount.Sat, "EUR"); err != nil || f.Units != "5.00" || f.Code != "EUR" {
		t.Errorf("got %+v, %v", f, err)
	}
	if _, _, err := (command.New(&wallet.Service{})).Price("5", "EUR"); !fault.Is(err, fault.Invalid) {
		t.Errorf("without rates: %v", err)
	}
}
