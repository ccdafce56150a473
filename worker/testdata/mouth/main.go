// Command mouth is a gateway that only tells: of each notice that is due it writes the
// user and the number to its standard output, until it is killed. Tests build it with the
// tag faults, and tell it where to die.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/outbox"
	"github.com/bitcoim/bitcoim/worker"
)

func main() {
	var d db.Config
	flag.StringVar(&d.Driver, "driver", "", "of the database")
	flag.StringVar(&d.File, "file", "", "of SQLite")
	flag.StringVar(&d.DSN, "dsn", "", "of PostgreSQL")
	at := flag.Int64("at", 0, "what the clock says, in seconds since 1970")
	flag.Parse()
	if err := run(context.Background(), d, time.Unix(*at, 0)); err != nil {
		slog.Error("mouth", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c db.Config, now time.Time) error {
	d, err := db.Open(ctx, c)
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetClock(func() time.Time { return now })
	tell := &worker.Tell{DB: d, Teller: mouth{}, Log: slog.Default()}
	for more := true; more; {
		if more, err = tell.Step(ctx); err != nil {
			return err
		}
	}
	return nil
}

type mouth struct{}

func (mouth) Tell(_ context.Context, n outbox.Notice) error {
	_, err := fmt.Println(n.User, n.ID)
	return err
}
