package outbox_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
)

func TestTheSweepTakesWhatWasToldLongAgo(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		b.add(100, [2]string{"ann", "a1"}, [2]string{"bob", "b1"}, [2]string{"eve", "e1"})
		b.told(b.next(100, "a1"), 200)
		b.told(b.next(100, "b1"), 300)
		b.tx(func(ctx context.Context, tx *db.Tx) error { return outbox.Sweep(ctx, tx, 300) })
		if got := b.rows(); got != 2 {
			t.Errorf("%d are left, want the young one and the untold one", got)
		}
		b.next(math.MaxInt32, "e1") // however old: it was not told
	})
}

// The sweep reads what it forgets, and not a week of notices.
func TestTheSweepGoesByTheIndex(t *testing.T) {
	each(t, func(t *testing.T, b box) {
		explain := "EXPLAIN QUERY PLAN "
		if b.d.Dialect == db.Postgres {
			explain = "EXPLAIN "
		}
		var plan []string
		b.tx(func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.QueryxContext(ctx, explain+`DELETE FROM notice WHERE told < $1`, 300)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				line, err := rows.SliceScan()
				if err != nil {
					return err
				}
				plan = append(plan, fmt.Sprintf("%s", line))
			}
			return rows.Err()
		})
		if got := strings.Join(plan, "\n"); !strings.Contains(got, "notice_told") {
			t.Errorf("it goes by: %s", got)
		}
	})
}
