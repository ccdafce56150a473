package command

import (
	"context"
	"fmt"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/useraccount"
	"github.com/bitcoim/bitcoim/wallet"
)

// once runs fn in one transaction in which the request's key is spent on the reply. The
// same request again gets the same reply and has no second effect.
func (c *Call) once(ctx context.Context, fn func(tx *db.Tx) (Reply, error)) (Reply, error) {
	return wallet.Do(ctx, c.Service, c.by, fn)
}

// asMember is once for what is decided about the user, who is locked before, as
// they are then. Who has left meanwhile is told so.
func (c *Call) asMember(ctx context.Context, fn func(tx *db.Tx, u *useraccount.User) (Reply, error)) (Reply, error) {
	return c.once(ctx, func(tx *db.Tx) (Reply, error) {
		u, err := c.by.Locked(ctx, tx)
		if err != nil {
			return Reply{}, err
		}
		return fn(tx, u)
	})
}

// fingerprint is what must be equal for two requests to be the same.
func (r Request) fingerprint() string {
	return wallet.Fingerprint(r.Stream, r.At, r.Text, r.Name, r.Args, r.Edits, r.App)
}

// Caller is who makes a request, as the door knows them.
func (r Request) Caller() wallet.Caller {
	return wallet.Caller{JID: r.User, App: r.App, Login: r.Login, Sent: r.Sent,
		Key: wallet.Key{ID: wallet.Fit(r.ID), Stream: r.Stream, Asked: r.fingerprint()}}
}

// Telling says the results of a type, as they are or as they were kept.
type Telling struct {
	of  string // the type
	say func(c *Call, kept *wallet.Earlier) (Reply, error)
}

// tells is the Telling of what say says.
func tells[T any](say func(c *Call, result T) Reply) Telling {
	return Telling{wallet.TypeOf[T](), func(c *Call, kept *wallet.Earlier) (Reply, error) {
		v, err := wallet.Read[T](kept)
		if err != nil {
			return Reply{}, err
		}
		return say(c, v), nil
	}}
}

// saying says a result, if there is one.
func saying[T any](say func(T) Reply) func(T, error) (Reply, error) {
	return func(v T, err error) (Reply, error) {
		if err != nil {
			return Reply{}, err
		}
		return say(v), nil
	}
}

// tellAgain says what this very request did before.
func (c *Call) tellAgain(kept *wallet.Earlier) (Reply, error) {
	for _, t := range append(c.Command.Again, tells(func(_ *Call, r Reply) Reply { return r })) {
		if t.of == kept.Is {
			return t.say(c, kept)
		}
	}
	return Reply{}, fmt.Errorf("command: %s says nothing of a %s", c.Command.Name, kept.Is)
}
