package audit

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/cursor"
	"github.com/bitcoim/bitcoim/db"
)

// Several look at once: each gateway, and an operator whose look at everything takes half
// an hour. What one of them saw that began before another look was kept may be older than
// what is on record: what it found is kept, and what it did not find is not over for that.

// turn counts the looks that were kept, of all who share a database. Looks at the books
// alone are quick and many, so the nodes have a turn of their own: a gateway whose node
// is away overtakes no look at the nodes.
type turn string

const (
	turnBooks turn = "looks.books"
	turnNodes turn = "looks.nodes"
)

// read is what a look does before all else; 0 if none was kept.
func (t turn) read(ctx context.Context, q sqlx.QueryerContext) (int64, error) {
	return cursor.Count(ctx, q, string(t))
}

// take ends a look that began at n; false if another was kept since.
func (t turn) take(ctx context.Context, tx *db.Tx, n, now int64) (bool, error) {
	return cursor.Take(ctx, tx, string(t), n, now)
}
