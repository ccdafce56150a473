package audit

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
)

// Resum makes what was proved of balances from the transfers, but for those that nobody has
// looked at. It moves no money: it is what a look at what is new goes by. It waits for who
// takes names away, and keeps others from it.
func Resum(ctx context.Context, tx *db.Tx) error {
	all := []string{`DELETE FROM audited`, `
INSERT INTO audited (account_id, bal)
SELECT id, CAST(SUM(amt / 1000000000) * 1000000000 + SUM(amt % 1000000000) AS BIGINT)
FROM (
    SELECT credit AS id, amt FROM transfer WHERE id NOT IN (` + sets["transfer"] + `)
    UNION ALL
    SELECT debit AS id, -amt AS amt FROM transfer WHERE id NOT IN (` + sets["transfer"] + `)
) legs
GROUP BY id`}
	if tx.Dialect == db.Postgres {
		all = append([]string{`LOCK TABLE audited, unaudited, transfer IN SHARE ROW EXCLUSIVE MODE`}, all...)
	}
	for _, q := range all {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("audit: resum: %w", err)
		}
	}
	return nil
}
