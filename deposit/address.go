// Package deposit is how coins come in: the addresses that were given out,
// the coins seen on them, and how far the chain was read.
package deposit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Address is one address of one user. The table decides whose coins come
// to it; the label on the node is a hint for the operator.
type Address struct {
	Address  string
	User     useraccount.ID `db:"user_id"`
	Node     string
	Label    string
	Used     bool
	Hidden   bool // from lists, and not offered again; coins that come to it count
	Created  int64
	Received amount.Msat // credited so far
}

const addressColumns = `
SELECT a.address, a.user_id, a.node, a.label, a.used, a.hidden, a.created,
       COALESCE((SELECT CAST(SUM(c.amount) AS BIGINT) FROM coin c WHERE c.address = a.address AND c.state = 'credited'), 0) AS received
FROM deposit_address a
`

// AddAddress gives an address of our wallet to a user.
func AddAddress(ctx context.Context, tx *db.Tx, user useraccount.ID, addr, label string, now int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO deposit_address (address, user_id, node, label, created) VALUES ($1, $2, $3, $4, $5)`,
		addr, user, address.EncodeJID(addr), label, now)
	if err != nil {
		return fmt.Errorf("deposit: address: %w", err)
	}
	return nil
}

// Addresses lists a user's addresses, oldest first, hidden ones as well.
func Addresses(ctx context.Context, q sqlx.QueryerContext, user useraccount.ID) ([]Address, error) {
	var all []Address
	err := sqlx.SelectContext(ctx, q, &all, addressColumns+`WHERE a.user_id = $1 ORDER BY a.created, a.address`, user)
	if err != nil {
		return nil, fmt.Errorf("deposit: %w", err)
	}
	return all, nil
}

// Owner finds whose address it is; nil if it is not one of ours.
func Owner(ctx context.Context, q sqlx.QueryerContext, addr string) (*Address, error) {
	return find(ctx, q, `WHERE a.address = $1`, addr)
}

func find(ctx context.Context, q sqlx.QueryerContext, where, value string) (*Address, error) {
	var a Address
	err := sqlx.GetContext(ctx, q, &a, addressColumns+where, value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("deposit: %w", err)
	}
	return &a, nil
}

// Label names an address of a user; false if it is not theirs. One that was
// hidden is shown again.
func Label(ctx context.Context, tx *db.Tx, user useraccount.ID, addr, label string) (bool, error) {
	return tx.One(ctx, `UPDATE deposit_address SET label = $3, hidden = 0 WHERE address = $1 AND user_id = $2`, addr, user, label)
}

// Hide takes an address of a user out of lists; false if it is not theirs.
func Hide(ctx context.Context, tx *db.Tx, user useraccount.ID, addr string) (bool, error) {
	return tx.One(ctx, `UPDATE deposit_address SET hidden = 1 WHERE address = $1 AND user_id = $2`, addr, user)
}

// Shown are those of addresses that are not hidden.
func Shown(all []Address) (shown []Address) {
	for _, a := range all {
		if !a.Hidden {
			shown = append(shown, a)
		}
	}
	return shown
}
