package command

import (
	"fmt"

	"github.com/bitcoim/bitcoim/wallet"
)

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
