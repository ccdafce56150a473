package db_test

import (
	"context"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/dbtest"
)

func TestUpgrade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Current(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}
