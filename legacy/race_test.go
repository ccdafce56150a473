package legacy_test

import (
	"context"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
	"github.com/bitcoim/bitcoim/legacy"
)

func TestTwoImportsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, err := legacy.Read(context.Background(), old(t, village))
		if err != nil {
			t.Fatal(err)
		}
		imported(t, d, old(t, version1), nil) // nobody: it only opens the books
		g, ctx := errgroup.WithContext(context.Background())
		for range 4 {
			g.Go(func() error {
				return d.Tx(ctx, func(tx *db.Tx) error {
					_, err := legacy.Import(ctx, tx, s, legacy.Balances{"ann@example.org": amount.BTC}, today)
					return err
				})
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		books(t, d.Read())
		for _, tt := range []struct{ query, want string }{
			{`SELECT COUNT(*) FROM user_account`, "3"},
			{`SELECT COUNT(*) FROM payment_order`, "2"},
			{`SELECT COUNT(*) FROM transfer`, "1"},
			{`SELECT COUNT(*) FROM notice`, "3"},
		} {
			same(t, tt.query, rows(t, d.Read(), tt.query), tt.want)
		}
	})
}
