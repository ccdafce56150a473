package outbox

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// MostTries is how often a notice is told that keeps coming back: so many
// times that a server without storage loses nothing, and no endless turn.
const MostTries = 40

// A notice that came back is told again after soonest seconds, and after twice
// as long each time, at most once in latest seconds.
const soonest, latest = 60, 12 * 3600

// Bounce has a notice told again that its user's server returned undelivered, and
// reports whether it will be. The notice must be of that number and have been told
// to that user, so that nobody can say that another's came back. It is told after a
// while, or as soon as the user is seen (Here). After MostTries it is given up.
func Bounce(ctx context.Context, tx *db.Tx, id int64, user string, now int64) (bool, error) {
	var tries []int64
	if err := tx.SelectContext(ctx, &tries, `SELECT tries FROM notice WHERE id = $1 AND jid = $2 AND tries > 0`, id, user); err != nil {
		return false, fmt.Errorf("outbox: bounce: %w", err)
	}
	if len(tries) == 0 || tries[0] >= MostTries {
		return false, nil
	}
	wait := int64(soonest) << min(tries[0]-1, 20)
	return tx.One(ctx, `UPDATE notice SET told = NULL, bounced = tries, due = $3 WHERE id = $1 AND jid = $2 AND tries = $4`,
		id, user, now+min(wait, latest), tries[0])
}

// Away reports whether notices of a user came back and wait. It reads only: it
// is asked at each sign of life.
func Away(ctx context.Context, q sqlx.QueryerContext, user string, now int64) (bool, error) {
	var ids []int64
	err := sqlx.SelectContext(ctx, q, &ids, `SELECT id FROM notice WHERE jid = $1 AND told IS NULL AND bounced = tries AND due > $2 LIMIT 1`, user, now)
	if err != nil {
		return false, fmt.Errorf("outbox: away: %w", err)
	}
	return len(ids) > 0, nil
}

// Here has a user who is there again told what came back.
func Here(ctx context.Context, tx *db.Tx, user string, now int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE notice SET due = $2 WHERE jid = $1 AND told IS NULL AND bounced = tries AND due > $2`, user, now)
	if err != nil {
		return fmt.Errorf("outbox: here: %w", err)
	}
	return nil
}
