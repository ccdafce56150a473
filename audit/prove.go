package audit

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// stretches are numbers of unaudited, without a gap in any of them. What lies in a gap was not seen:
// its transaction has not committed yet, and who took it away would never look at it.
type stretches []stretch

// stretch is from a number to another, both of them seen.
type stretch struct{ from, to int64 }

// seen reads which names there are, in the order of their numbers.
func seen(ctx context.Context, q sqlx.QueryerContext) (all stretches, err error) {
	rows, err := q.QueryxContext(ctx, `SELECT n FROM unaudited ORDER BY n`)
	if err != nil {
		return nil, fmt.Errorf("audit: what is new: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, fmt.Errorf("audit: what is new: %w", err)
		}
		if last := len(all) - 1; last >= 0 && all[last].to == n-1 && n-all[last].from < most {
			all[last].to = n
		} else {
			all = append(all, stretch{n, n})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("audit: what is new: %w", err)
	}
	return all, nil
}

// most is how many names are taken away in one transaction: while SQLite writes, others wait.
const most = 500

// Proved takes away the names of what this look saw and found right, a few at a time, each
// with what it makes of the balances that were proved: so at any moment the two say what a
// balance must be. A look that found anything wrong in the books takes nothing away. It is for
// after Keep, and who dies in between looks at the rest again.
func (r *Report) Proved(ctx context.Context, d *db.DB) error {
	if r.booksWrong() {
		return nil
	}
	for len(r.seen) > 0 {
		n, some := int64(0), 0
		for some < len(r.seen) && n < most {
			n += r.seen[some].to - r.seen[some].from + 1
			some++
		}
		err := d.Tx(ctx, func(tx *db.Tx) error {
			for _, s := range r.seen[:some] {
				if err := s.take(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("audit: what is proved: %w", err)
		}
		r.seen = r.seen[some:]
	}
	return nil
}

// take takes names away. Who takes the same ones at once waits, and finds none.
func (s stretch) take(ctx context.Context, tx *db.Tx) error {
	var there []int64
	err := tx.SelectContext(ctx, &there, `SELECT n FROM unaudited WHERE n BETWEEN $1 AND $2 ORDER BY n`+tx.Locked("unaudited"), s.from, s.to)
	if err != nil || len(there) == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `
INSERT INTO audited (account_id, bal)
SELECT id, CAST(SUM(amt / 1000000000) * 1000000000 + SUM(amt % 1000000000) AS BIGINT)
FROM (
    SELECT t.credit AS id, t.amt FROM unaudited n JOIN transfer t ON t.id = n.transfer WHERE n.n BETWEEN $1 AND $2
    UNION ALL
    SELECT t.debit AS id, -t.amt AS amt FROM unaudited n JOIN transfer t ON t.id = n.transfer WHERE n.n BETWEEN $1 AND $2
) legs
WHERE TRUE
GROUP BY id
ORDER BY id
ON CONFLICT (account_id) DO UPDATE SET bal = audited.bal + excluded.bal`, s.from, s.to)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM unaudited WHERE n BETWEEN $1 AND $2`, s.from, s.to)
	return err
}
