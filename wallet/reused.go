package wallet

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/db"
	"github.com/jmoiron/sqlx"
)

// Reused reports whether the ID of a request was spent within a day on one that
// said something else. It tells a program of its mistake and guards nothing, so it
// reads without a lock: of two such requests that come to two instances at once
// each is done, once, as two with two IDs would be.
func (s *Service) Reused(ctx context.Context, by Caller) (_ bool, err error) {
	defer DatabaseAway(&err)
	if by.Key.ID == "" {
		return false, nil
	}
	k := s.spent(by)
	since := max(k.since, by.Now-24*3600)
	query, args := `
SELECT key FROM request
WHERE jid = $1 AND created >= $2 AND key <> $3 AND LENGTH(key) = LENGTH($3) AND SUBSTR(key, 1, $4) = SUBSTR($3, 1, $4)`,
		[]any{by.JID, since, k.key, utf8.RuneCountInString(by.Key.ID) + 1}
	if s.DB.Dialect == db.SQLite { // which compares bytes, so that the index finds them; PostgreSQL is fast enough without
		query += ` AND key > $5 AND key < $6`
		args = append(args, by.Key.ID+" ", by.Key.ID+"!")
	}
	var other []string
	err = sqlx.SelectContext(ctx, s.DB.Read(), &other, query+` LIMIT 1`, args...)
	if err != nil {
		return false, fmt.Errorf("wallet: key: %w", err)
	}
	return len(other) > 0, nil
}
