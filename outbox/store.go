package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Add writes a notice in the transaction that made it true. At is in seconds.
func Add(ctx context.Context, tx *db.Tx, n Notice, at int64) error {
	_, err := Put(ctx, tx, n, at)
	return err
}

// Put is Add, and returns the ID by which a later notice may replace this one.
func Put(ctx context.Context, tx *db.Tx, n Notice, at int64) (int64, error) {
	args, err := json.Marshal(n.Args)
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	next, err := json.Marshal(n.Next)
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	balance := 0
	if n.Balance {
		balance = 1
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
INSERT INTO notice (jid, node, phrase, args, next, lang, unit, balance, edits, created, due)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
RETURNING id`,
		n.User, n.From, n.Phrase, string(args), string(next), n.Lang, n.Unit, balance, n.Edits, at)
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	return id, nil
}

type row struct {
	ID         int64
	JID        string `db:"jid"`
	Node       string
	Phrase     string
	Args       string
	Next       string
	Lang, Unit string
	Balance    bool
	Edits      int64
	Tries      int
}

// Claim takes the next notice that is due and keeps others off it for lease
// seconds. It is claimed again, with more tries, until Told says it was told.
// Notices of one user come in the order in which they were written, but for what
// came back: it keeps its turn only once it is due again, because a server that
// takes one of them from nobody (it may filter a stranger's words) takes the rest.
func Claim(ctx context.Context, tx *db.Tx, now, lease int64) (*Notice, int, error) {
	return claim(ctx, tx, "n.id", "", now, lease)
}

// ClaimNext is Claim for the user who comes after the one with the bare JID after,
// in the order of their JIDs, and the first of all behind the last: whoever has
// thousands of notices waiting keeps nobody waiting for more than one of them.
func ClaimNext(ctx context.Context, tx *db.Tx, after string, now, lease int64) (*Notice, int, error) {
	n, tries, err := claim(ctx, tx, "n.jid", after, now, lease)
	if n == nil && err == nil && after != "" {
		return claim(ctx, tx, "n.jid", "", now, lease)
	}
	return n, tries, err
}

// claim takes the first in an order, of those whose JID is greater than after.
func claim(ctx context.Context, tx *db.Tx, order, after string, now, lease int64) (*Notice, int, error) {
	var found []row
	err := tx.SelectContext(ctx, &found, `
UPDATE notice
SET due = $1, tries = tries + 1
WHERE id = (
    SELECT n.id FROM notice n
    WHERE n.told IS NULL AND n.due <= $2 AND n.jid > $3
      AND NOT EXISTS (
          SELECT 1 FROM notice o
          WHERE o.jid = n.jid AND o.told IS NULL AND o.id < n.id
            AND NOT (o.tries > 0 AND o.bounced = o.tries AND o.due > $2)
      )
    ORDER BY `+order+`
    LIMIT 1`+tx.SkipLocked()+`
)
RETURNING id, jid, node, phrase, args, next, lang, unit, balance, edits, tries`, now+lease, now, after)
	if err != nil {
		return nil, 0, fmt.Errorf("outbox: claim: %w", err)
	}
	if len(found) == 0 {
		return nil, 0, nil
	}
	n, err := found[0].notice()
	if err != nil {
		return nil, 0, err
	}
	return &n, found[0].Tries, nil
}

// notice is what was written into a row.
func (r row) notice() (Notice, error) {
	n := Notice{ID: r.ID, User: r.JID, From: r.Node, Phrase: r.Phrase, Lang: r.Lang, Unit: r.Unit, Balance: r.Balance, Edits: r.Edits}
	var err error
	if n.Args, err = arguments(r.Args); err == nil {
		err = json.Unmarshal([]byte(r.Next), &n.Next)
	}
	if err != nil {
		return Notice{}, fmt.Errorf("outbox: notice %d: %w", r.ID, err)
	}
	return n, nil
}

// Due reports whether there is a notice that Claim may take. It reads only:
// most often there is none, and writers wait for each other.
func Due(ctx context.Context, q sqlx.QueryerContext, now int64) (bool, error) {
	var ids []int64
	if err := sqlx.SelectContext(ctx, q, &ids, `SELECT id FROM notice WHERE told IS NULL AND due <= $1 LIMIT 1`, now); err != nil {
		return false, fmt.Errorf("outbox: %w", err)
	}
	return len(ids) > 0, nil
}

// arguments reads whole numbers as int64: a float would change money above 2^53 msat.
func arguments(text string) (map[string]any, error) {
	var args map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&args); err != nil {
		return nil, err
	}
	for name, v := range args {
		if n, ok := v.(json.Number); ok {
			if whole, err := n.Int64(); err == nil {
				args[name] = whole
			}
		}
	}
	return args, nil
}

// Told ends a notice, unless it came back meanwhile.
func Told(ctx context.Context, tx *db.Tx, id, at int64) error {
	_, err := tx.One(ctx, `UPDATE notice SET told = $2 WHERE id = $1 AND bounced < tries`, id, at)
	return err
}

// Later puts a notice back until due, in seconds.
func Later(ctx context.Context, tx *db.Tx, id, due int64) error {
	_, err := tx.One(ctx, `UPDATE notice SET due = $2 WHERE id = $1 AND told IS NULL`, id, due)
	return err
}

// Sweep forgets notices told before the given time.
func Sweep(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM notice WHERE told < $1`, before)
	return err
}
