package legacy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/audit"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/legacy"
)

func TestReadBalances(t *testing.T) {
	b, err := legacy.ReadBalances(strings.NewReader(`{"Ann@example.org/home": "0.001", "bob@example.org": "3", "carol@example.org": "0"}`))
	if err != nil {
		t.Fatal(err)
	}
	if b["ann@example.org"] != 100_000*amount.Sat || b["bob@example.org"] != 3*amount.BTC || len(b) != 3 {
		t.Errorf("got %v", b)
	}
	for name, text := range map[string]string{
		"nothing":                     ``,
		"a list":                      `["ann@example.org"]`,
		"half an object":              `{"ann@example.org": "1"`,
		"half a value":                `{"ann@example.org": "1`,
		"more behind it":              `{"ann@example.org": "1"} {}`,
		"a number":                    `{"ann@example.org": 0.001}`,
		"an object in it":             `{"ann@example.org": {"btc": "1"}}`,
		"no value":                    `{"ann@example.org": null}`,
		"a comma":                     `{"ann@example.org": "0,001"}`,
		"a unit":                      `{"ann@example.org": "1 BTC"}`,
		"an empty amount":             `{"ann@example.org": ""}`,
		"a debt":                      `{"ann@example.org": "-1"}`,
		"an exponent":                 `{"ann@example.org": "1e3"}`,
		"no number":                   `{"ann@example.org": "NaN"}`,
		"too much":                    `{"ann@example.org": "21000000.00000001"}`,
		"too much in all":             `{"ann@example.org": "20000000", "bob@example.org": "2000000"}`,
		"finer than a millisatoshi":   `{"ann@example.org": "0.000000000001"}`,
		"the same JID twice":          `{"ann@example.org": "1", "ann@example.org": "2"}`,
		"the same JID another way":    `{"ann@example.org": "1", "ANN@example.org": "1"}`,
		"somebody who can not be":     `{"example.org": "1"}`,
		"an account without a name":   `{"": "1"}`,
		"a name instead of a address": `{"ann": "1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if b, err := legacy.ReadBalances(strings.NewReader(text)); err == nil {
				t.Errorf("got %v", b)
			}
		})
	}
}

func TestBalancesAreCreditedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		file := old(t, village)
		imported(t, d, file, legacy.Balances{"ann@example.org": amount.BTC})
		imported(t, d, file, legacy.Balances{"ann@example.org": amount.BTC, "bob@example.org": 2 * amount.BTC})
		same(t, "accounts", rows(t, d.Read(), `SELECT name || ' ' || CAST(bal AS TEXT) FROM account WHERE bal <> 0 ORDER BY name`),
			"chain -300000000000", "user:ann@example.org 100000000000", "user:bob@example.org 200000000000")
		same(t, "history", rows(t, d.Read(), `SELECT CAST(n AS TEXT) || ' ' || CAST(incoming AS TEXT) || ' ' || CAST(amount AS TEXT) || ' ' || peer FROM statement ORDER BY amount`),
			"1 1 100000000000 python-bitcoim", "1 1 200000000000 python-bitcoim")
		r, err := audit.Ledger(context.Background(), d, audit.Everything)
		if err != nil || r.Owed != 3*amount.BTC {
			t.Errorf("got %+v, %v", r, err)
		}
	})
}

func TestBalancesThatCanNotBeCredited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		file := old(t, village)
		imported(t, d, file, legacy.Balances{"ann@example.org": amount.BTC})
		before := everything(t, d)
		s, err := legacy.Read(context.Background(), file)
		if err != nil {
			t.Fatal(err)
		}
		for name, tt := range map[string]struct {
			owned legacy.Balances
			want  string
		}{
			"another sum than before": {legacy.Balances{"ann@example.org": 2 * amount.BTC, "bob@example.org": 1}, "1 BTC were credited before"},
			"of nobody":               {legacy.Balances{"bob@example.org": 1, "eve@example.org": 1}, "nobody is registered"},
		} {
			err := d.Tx(context.Background(), func(tx *db.Tx) error {
				_, err := legacy.Import(context.Background(), tx, s, tt.owned, today)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got %v", name, err)
			}
			same(t, name, everything(t, d), before...)
		}
	})
}
