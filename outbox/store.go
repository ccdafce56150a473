package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
)

// Add writes a notice in the transaction that made it true, together with what is asked
// next. At is in seconds.
func Add(ctx context.Context, tx *db.Tx, n Notice, at int64) error {
	args, err := n.columns(at)
	if err != nil {
		return err
	}
	return tx.Later(ctx, db.Statement{Query: insert, Args: args, Then: func(_ int64, err error) error {
		if err != nil {
			err = fmt.Errorf("outbox: %w", err)
		}
		return err
	}})
}

// Put is Add, and returns the ID by which a later notice may replace this one.
func Put(ctx context.Context, tx *db.Tx, n Notice, at int64) (id int64, err error) {
	args, err := n.columns(at)
	if err != nil {
		return 0, err
	}
	if err := tx.GetContext(ctx, &id, insert+` RETURNING id`, args...); err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	return id, nil
}

const insert = `
INSERT INTO notice (jid, node, phrase, args, next, lang, unit, balance, edits, created, due)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`

// columns are what insert takes.
func (n Notice) columns(at int64) ([]any, error) {
	args, err := json.Marshal(n.Args)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	next, err := json.Marshal(n.Next)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	balance := 0
	if n.Balance {
		balance = 1
	}
	return []any{n.User, n.From, n.Phrase, string(args), string(next), n.Lang, n.Unit, balance, n.Edits, at}, nil
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
