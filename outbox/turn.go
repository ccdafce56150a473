package outbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/bitcoim/bitcoim/db"
)

// turn is what may be told to one user: the numbers of notices, in their order.
type turn struct {
	user string
	ids  []int64
}

// turns lists whose turn it is, at most that many notices of them together. Users come
// in the order of their JIDs, from the one behind after on and round to after; each
// gets as many as the others, so whoever has thousands waiting keeps nobody waiting.
func turns(ctx context.Context, tx *db.Tx, after string, most int, now int64) ([]turn, error) {
	all, err := heads(ctx, tx, after, "", most, now)
	if err == nil && after != "" && len(all) < most {
		var rest []turn
		rest, err = heads(ctx, tx, "", after, most-len(all), now)
		all = append(all, rest...)
	}
	if err != nil || len(all) == 0 || most/len(all) == 1 {
		return all, err
	}
	for i := range all {
		if err := all[i].more(ctx, tx, most/len(all), now); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// heads finds the first notice of each user behind after, up to the user last ("" is
// no end), if it is due. It goes from one user to the next by the index: of one with
// thousands of notices it reads the first. It stops when it has enough.
func heads(ctx context.Context, tx *db.Tx, after, last string, most int, now int64) ([]turn, error) {
	var found []struct {
		JID string `db:"jid"`
		ID  int64
	}
	err := tx.SelectContext(ctx, &found, `
WITH RECURSIVE waiting (jid) AS (
    SELECT MIN(jid) FROM notice WHERE told IS NULL AND jid > $1
    UNION ALL
    SELECT (SELECT MIN(n.jid) FROM notice n WHERE n.told IS NULL AND n.jid > waiting.jid)
    FROM waiting
    WHERE waiting.jid IS NOT NULL AND (waiting.jid < $2 OR $2 = '')
)
SELECT jid, id FROM (
    SELECT waiting.jid, (
        SELECT CASE WHEN n.due <= $3 THEN n.id END
        FROM (
            SELECT n.id, n.due FROM notice n
            WHERE n.jid = waiting.jid AND n.told IS NULL AND NOT (n.tries > 0 AND n.bounced = n.tries AND n.due > $3)
            ORDER BY n.id
            LIMIT 1
        ) n
    ) AS id
    FROM waiting
    WHERE waiting.jid <= $2 OR $2 = ''
) head
WHERE id IS NOT NULL
LIMIT $4`, after, last, now, most)
	if err != nil {
		return nil, fmt.Errorf("outbox: turns: %w", err)
	}
	all := make([]turn, len(found))
	for i, f := range found {
		all[i] = turn{f.JID, []int64{f.ID}}
	}
	return all, nil
}

// more adds what follows the first notice, until there are as many as is said. What
// is not due is among it, because it keeps its place, but for what came back.
func (t *turn) more(ctx context.Context, tx *db.Tx, most int, now int64) error {
	var ids []int64
	err := tx.SelectContext(ctx, &ids, `
SELECT id FROM notice
WHERE jid = $1 AND told IS NULL AND id > $2 AND NOT (tries > 0 AND bounced = tries AND due > $3)
ORDER BY id
LIMIT $4`, t.user, t.ids[0], now, most-1)
	if err != nil {
		return fmt.Errorf("outbox: turn: %w", err)
	}
	t.ids = append(t.ids, ids...)
	return nil
}

// until lists the notices before the first that is not free: those behind it wait for it.
func (t turn) until(free []int64) []int64 {
	i := slices.IndexFunc(t.ids, func(id int64) bool { return !slices.Contains(free, id) })
	if i < 0 {
		return t.ids
	}
	return t.ids[:i]
}
