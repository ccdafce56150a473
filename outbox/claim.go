package outbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Claimed is a notice that others are kept off.
type Claimed struct {
	Notice
	Tries int   // how often it was claimed, this time too
	Until int64 // when others may claim it, in seconds
}

// Claim takes notices that are due, at most that many together, and keeps others off
// them for lease seconds. Each is claimed again, with more tries, until Told says that it
// was told. They come by user, in turns that begin behind the bare JID after.
//
// Notices of one user come in the order in which they were written, but for what
// came back: it keeps its turn only once it is due again, because a server that
// takes one of them from nobody (it may filter a stranger's words) takes the rest.
// Of a user of whom others have the first, they have the rest as well.
func Claim(ctx context.Context, tx *db.Tx, after string, most int, now, lease int64) ([][]Claimed, error) {
	all, err := turns(ctx, tx, after, most, now)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var ids []int64
	for _, t := range all {
		ids = append(ids, t.ids...)
	}
	free, err := lock(ctx, tx, ids, now)
	if err != nil {
		return nil, err
	}
	ids = nil
	for i, t := range all {
		all[i].ids = t.until(free)
		ids = append(ids, all[i].ids...)
	}
	rows, err := hold(ctx, tx, ids, now+lease)
	if err != nil {
		return nil, err
	}
	var claimed [][]Claimed
	for _, t := range all {
		var his []Claimed
		for _, id := range t.ids {
			r := rows[id]
			n, err := r.notice()
			if err != nil {
				return nil, err
			}
			his = append(his, Claimed{n, r.Tries, now + lease})
		}
		if len(his) > 0 {
			claimed = append(claimed, his)
		}
	}
	return claimed, nil
}

// lock locks those of some notices that are due and that nobody else has in hand. What
// others are claiming is passed over.
func lock(ctx context.Context, tx *db.Tx, ids []int64, now int64) (free []int64, err error) {
	q, args, err := sqlx.In(`SELECT id FROM notice WHERE id IN (?) AND told IS NULL AND due <= ?`, list(ids), now)
	if err == nil {
		err = tx.SelectContext(ctx, &free, sqlx.Rebind(sqlx.DOLLAR, q)+tx.SkipLocked(), args...)
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: claim: %w", err)
	}
	return free, nil
}

// hold keeps others off notices that are locked.
func hold(ctx context.Context, tx *db.Tx, ids []int64, until int64) (map[int64]row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q, args, err := sqlx.In(`
UPDATE notice SET due = ?, tries = tries + 1 WHERE id IN (?)
RETURNING id, jid, node, phrase, args, next, lang, unit, balance, edits, tries`, until, list(ids))
	var found []row
	if err == nil {
		err = tx.SelectContext(ctx, &found, sqlx.Rebind(sqlx.DOLLAR, q), args...)
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: claim: %w", err)
	}
	rows := make(map[int64]row, len(found))
	for _, r := range found {
		rows[r.ID] = r
	}
	return rows, nil
}

// list repeats the last of some numbers until they are a power of two: each length of
// a list is a statement of its own, and so there are few of them.
func list(ids []int64) []int64 {
	ids = slices.Clone(ids)
	for n := len(ids); n&(n-1) != 0; n++ {
		ids = append(ids, ids[n-1])
	}
	return ids
}
