package limedoor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// patience is how long the desk may take for one request.
const patience = 25 * time.Second

// speech is how somebody is spoken to.
type speech struct{ lang, unit string }

// call is one command of one session, on somebody's account.
type call struct {
	*limeserver.Request
	door   *Door
	who    *principal   // nil: a guest
	jid    string       // whose account
	app    wallet.AppID // who asks for the user; 0 is the user in person
	foster bool         // the account is another's, who delegated
	speech speech
}

// handler answers a command.
type handler func(ctx context.Context, c *call) (lime.Document, error)

// handle puts a handler into a Mux. Its errors become reasons.
func (d *Door) handle(m *limeserver.Mux, method lime.Method, path string, h handler, access ...limeserver.Access) {
	m.Handle(method, path, func(ctx context.Context, r *limeserver.Request) (lime.Document, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		c, err := d.call(ctx, r)
		if err == nil {
			var doc lime.Document
			if doc, err = h(ctx, c); err == nil {
				return doc, nil
			}
		}
		return nil, d.reason(c.speech, err)
	}, access...)
}

// call finds out for whom a command is. There is a call even if there is an
// error.
func (d *Door) call(ctx context.Context, r *limeserver.Request) (*call, error) {
	c := &call{Request: r, door: d}
	c.who, _ = r.Channel.Principal().(*principal)
	if c.who == nil {
		return c, nil
	}
	c.jid, c.app, c.speech.lang = c.who.jid, c.who.app, c.who.lang
	if err := d.pace(c.jid, r.Method == lime.Get); err != nil {
		return c, err
	}
	if r.Owner.Equal(r.Channel.Remote().Identity) {
		return c, nil
	}
	name, err := d.username(r.Owner)
	if err != nil {
		return c, refuse(lime.DestinationNotFound, "contact.unknown", nil)
	}
	a, err := d.desk.Named(ctx, name)
	if err != nil {
		return c, err
	}
	c.jid, c.app, c.foster = a.JID, 0, true
	if err := d.mayStay(ctx, c.who.who()); err != nil { // who is not let in any more acts for nobody
		return c, err
	}
	// The server compared names. A session keeps that of its login, which may be
	// another user's by now.
	me, err := d.desk.Account(ctx, c.who.jid)
	if err == nil && me.Username != c.who.username {
		err = lime.Errorf(lime.PermissionRequired, "%s is the name of another now", c.who.username)
	}
	return c, err
}

// caller is who asks the wallet for name, with the key of the command's id. asked is all
// that is asked, so that the same id with other words is another request.
func (c *call) caller(ctx context.Context, name string, asked ...any) (wallet.Caller, error) {
	w := who{jid: c.jid, app: c.app}
	if !c.foster && c.who != nil {
		w.login = c.who.login.Load()
	}
	by, s, err := c.door.caller(ctx, w, c.speech.lang, wallet.Key{ID: wallet.Fit(c.key(name)), Asked: wallet.Fingerprint(name, asked)})
	c.speech = s
	return by, err
}

// caller is who asks the wallet, and how they are spoken to.
func (d *Door) caller(ctx context.Context, w who, lang string, key wallet.Key) (wallet.Caller, speech, error) {
	by, err := d.desk.Caller(ctx, wallet.Caller{JID: w.jid, App: w.app, Login: w.login, Key: key})
	lang, unit := d.desk.Speech(by, lang)
	return by, speech{lang, unit}, err
}

// does asks the wallet for something by its name, in the user's queue, and once for the
// command's id. What is made is made by an id of its own: one that comes again with other
// words is a mistake, and makes nothing.
func does[T any](ctx context.Context, c *call, name string, asked any, makes bool, ask func(ctx context.Context, by wallet.Caller) (T, error)) (T, error) {
	type answer struct {
		v T
		s speech
	}
	inside := *c // the call is the caller's again once ctx ended
	a, err := inQueue(ctx, c.door, c.jid, func(ctx context.Context) (answer, error) {
		by, err := inside.caller(ctx, name, asked)
		if err != nil {
			return answer{s: inside.speech}, err
		}
		again := false
		if makes {
			again, err = c.door.desk.Reused(ctx, by)
		}
		if err == nil && again {
			err = refuse(lime.InvalidArgument, "lime.id-again", nil)
		}
		if err != nil {
			return answer{s: inside.speech}, err
		}
		v, err := ask(ctx, by)
		return answer{v, inside.speech}, err
	})
	if a.s != (speech{}) {
		c.speech = a.s
	}
	return a.v, err
}

// errNotDone is of a task that ended without an answer: it panicked.
var errNotDone = errors.New("lime: the desk did not answer")

// key is the wallet's key of what is asked with the command's id. Who acts for another by a
// delegation has ids of their own.
func (c *call) key(name string) string {
	if c.foster && c.ID != "" {
		return key(name, c.app, c.who.jid+" "+c.ID)
	}
	return key(name, c.app, c.ID)
}

// key is the wallet's key of what is asked with an id: of one bot, and of the user
// in person, an id means one thing for each command.
func key(name string, app wallet.AppID, id string) string {
	if id == "" {
		return ""
	}
	return fmt.Sprintf("lime/%s %d %s", name, app, id)
}

// mayLook asks the desk, with the least of its commands, whether whoever asks may
// look at the account: a bot may have been taken away meanwhile.
func (c *call) mayLook(ctx context.Context) error {
	_, err := c.holdings(ctx)
	return err
}

// inPerson refuses what is for the user alone: not for bots, and not for others
// who act by a delegation.
func (c *call) inPerson() error {
	if c.app != 0 || c.foster || c.who == nil || c.who.app != 0 {
		return refuse(lime.NotAllowed, "lime.in-person", nil)
	}
	return nil
}

// own refuses what nobody does for another.
func (c *call) own() error {
	if c.foster {
		return refuse(lime.NotAllowed, "lime.in-person", nil)
	}
	return nil
}

// pace counts a request of a user, whoever asks for them.
func (d *Door) pace(user string, looks bool) error {
	ok := false
	if looks {
		ok = d.desk.Pace.Look(user, d.clock())
	} else {
		ok = d.desk.Pace.Take(user, d.clock()) == wallet.Granted
	}
	if !ok {
		return refuse(lime.RequestLimit, "lime.busy", nil)
	}
	return nil
}

// inQueue runs f when all is done that the user asked before, waits for it and hands over what
// it says. If ctx ends first, f still runs, and nobody hears what it says: f keeps to variables
// of its own.
func inQueue[T any](ctx context.Context, d *Door, user string, f func(ctx context.Context) (T, error)) (v T, err error) {
	type end struct {
		v   T
		err error
	}
	ended := make(chan end, 1)
	err = d.later(user, func(ctx context.Context) {
		e := end{err: errNotDone}
		defer func() { ended <- e }()
		e.v, e.err = f(ctx)
	})
	if err != nil {
		return v, err
	}
	select {
	case e := <-ended:
		return e.v, e.err
	case <-ctx.Done():
		return v, wallet.ErrOutcomeUnknown.Because(ctx.Err())
	}
}

// later runs f in the queue of a user and does not wait for it.
func (d *Door) later(user string, f func(ctx context.Context)) error {
	d.tasks.Add(1)
	err := d.queues.Do(user, func(ctx context.Context) {
		defer d.tasks.Done()
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		f(ctx)
	})
	if err != nil {
		d.tasks.Done()
		return refuse(lime.RequestLimit, "lime.busy", nil)
	}
	return nil
}
