package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/bitcoim/bitcoim/config"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/worker"
)

// checkXMPP looks whether the server takes us. A component's name can be had by
// one connection: while a gateway runs, or may run, the secret is not tried.
func checkXMPP(ctx context.Context, c config.Config, d *db.DB) (string, error) {
	at := c.XMPP.Domain + " at " + c.XMPP.Server
	if nobodyServes(ctx, d) {
		return at + offline, component.Check(ctx, c.XMPP.Server, c.XMPP.Domain, c.XMPP.Secret.Reveal())
	}
	return at + " answers; the secret is not tried while a gateway runs, or may run" + offline, component.Knock(ctx, c.XMPP.Server, c.XMPP.Domain)
}

// offline is what nobody can find out as a component.
const offline = "; the users' server should keep messages for who is away (mod_offline)"

// nobodyServes reports that the database is there and no gateway was seen at it
// lately. When in doubt it says no.
func nobodyServes(ctx context.Context, d *db.DB) bool {
	if d == nil {
		return false
	}
	any := worker.Instance{DB: d, Clock: time.Now}
	return any.Alone(ctx)
}

// missing is the error of a database that is not there.
func missing(c config.Config) error {
	if c.Database.Driver != "sqlite" {
		return nil
	}
	_, err := os.Stat(c.Database.File)
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no " + c.Database.File + ": is database.file right? If this is a new gateway: bitcoim db upgrade makes it")
	}
	return err
}
