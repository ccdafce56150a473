package command

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
)

// write runs fn in one transaction, also if who asked has gone meanwhile. If the
// answer to its COMMIT is lost nothing is known; who asks again, by the same key,
// finds out.
func (d *Desk) write(ctx context.Context, fn func(ctx context.Context, tx *db.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := d.act(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
	if errors.Is(err, db.ErrUnknown) {
		return fault.Wrap(err, fault.Later, "command.outcome-unknown", nil)
	}
	if err == nil && d.Wake != nil {
		d.Wake()
	}
	return err
}

// act runs fn in one transaction, and again if somebody else wrote the same name,
// user or key just now.
func (d *Desk) act(ctx context.Context, fn func(tx *db.Tx) error) error {
	err := d.DB.Tx(ctx, fn)
	for try := 1; try < 3 && db.IsUnique(err); try++ {
		err = d.DB.Tx(ctx, fn)
	}
	return err
}
