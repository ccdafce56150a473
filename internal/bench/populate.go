package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	btc "github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/deposit"
	"github.com/bitcoim/bitcoim/useraccount"
)

// populate registers users and gives them addresses, in the database of a
// gateway that is stopped. It returns what their server sends at their login.
func populate(ctx context.Context, file string, users int) (logins [][]byte, err error) {
	d, err := db.Open(ctx, db.Config{Driver: "sqlite", File: file})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	const batch = 500
	for from := 0; from < users; from += batch {
		var some [][]byte
		err := d.Tx(ctx, func(tx *db.Tx) error {
			some = nil
			for i := from; i < min(users, from+batch); i++ {
				l, err := newcomer(ctx, tx, i)
				if err != nil {
					return err
				}
				some = append(some, l)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		logins = append(logins, some...)
	}
	return logins, nil
}

func newcomer(ctx context.Context, tx *db.Tx, i int) ([]byte, error) {
	now := time.Now().Unix()
	u, _, err := useraccount.Register(ctx, tx, userJID(i), now)
	if err != nil {
		return nil, err
	}
	if err := useraccount.Rename(ctx, tx, u, fmt.Sprintf("user%05d", i), now); err != nil {
		return nil, err
	}
	var nodes []string
	for k := range contacts {
		program := sha256.Sum256(fmt.Appendf(nil, "%d/%d", i, k))
		a, err := btc.NewAddressWitnessPubKeyHash(program[:20], &chaincfg.RegressionNetParams)
		if err != nil {
			return nil, err
		}
		if err := deposit.AddAddress(ctx, tx, u.ID, a.String(), "", now); err != nil {
			return nil, err
		}
		nodes = append(nodes, address.EncodeJID(a.String()))
	}
	return loginStanzas(userJID(i), nodes), nil
}
