package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/outbox"
)

// notices are those of a gateway, as its database has them.
type notices struct{ q sqlx.QueryerContext }

// openNotices looks into the database of a gateway that may run.
func openNotices(ctx context.Context, w *world.World) (n notices, end func() error, err error) {
	c := w.Books()
	c.MaxConnections = 2
	d, err := db.Open(ctx, c)
	if err != nil {
		return n, nil, err
	}
	return notices{d.Read()}, d.Close, nil
}

// paymentRate is that of payments that are made until everybody who is to hear of one has
// been told, and how far that was when the last one was made.
type paymentRate struct {
	pair
	made   []sample  // the same, until the last one was made
	share  []float64 // percent of the notices that were told by then
	oldest []float64 // seconds that one had waited by then
}

// measure makes payments for a while and waits until every notice of them is told, which
// is counted as time that they took.
func (p *paymentRate) measure(ctx context.Context, n notices, d time.Duration, pay func() (sample, error)) error {
	after, err := outbox.Newest(ctx, n.q)
	if err != nil {
		return err
	}
	made, err := pay()
	if err != nil {
		return err
	}
	ended := time.Now()
	share, oldest, err := n.since(ctx, after, ended)
	if err != nil {
		return err
	}
	if err := n.told(ctx); err != nil {
		return err
	}
	all := made
	all.perSecond *= d.Seconds() / (d + time.Since(ended)).Seconds()
	p.made, p.ours = append(p.made, made), append(p.ours, all)
	p.share, p.oldest = append(p.share, share), append(p.oldest, oldest)
	return nil
}

// since is the share of the notices after a number that was told, in percent, and how many
// seconds the oldest of the others waits.
func (n notices) since(ctx context.Context, after int64, now time.Time) (share, oldest float64, err error) {
	var found struct{ Made, Told, Oldest int64 }
	err = sqlx.GetContext(ctx, n.q, &found, `
SELECT COUNT(*) AS made, COUNT(told) AS told, COALESCE(MIN(CASE WHEN told IS NULL THEN created END), $2) AS oldest
FROM notice WHERE id > $1`, after, now.Unix())
	if err != nil || found.Made == 0 {
		return 100, 0, err
	}
	return 100 * float64(found.Told) / float64(found.Made), float64(now.Unix() - found.Oldest), nil
}

// told waits until no notice waits, but for those that came back. It fails when none is told any more.
func (n notices) told(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	last, moved := -1, time.Now()
	for {
		var left int
		if err := sqlx.GetContext(ctx, n.q, &left, `SELECT COUNT(*) FROM notice WHERE told IS NULL AND NOT (tries > 0 AND bounced = tries)`); err != nil {
			return err
		}
		switch {
		case left == 0:
			return nil
		case left != last:
			last, moved = left, time.Now()
		case time.Since(moved) > stuck:
			return fmt.Errorf("%d notices wait, and none of them is told", left)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// rows say the rate with every notice told, and how it was when the last payment was made.
func (p *paymentRate) rows(what, beside string, target float64) []row {
	return []row{
		p.row(what+", every notice told", beside, target),
		{
			what: "    told by the last answer, the oldest untold",
			ours: fmt.Sprintf("%.0f %%, %.0f s", median(p.share), median(p.oldest)), beside: count(speed(p.made)) + "/s by then",
		},
	}
}
