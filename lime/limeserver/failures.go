package limeserver

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/internal/throttle"

	"github.com/bitcoim/bitcoim/lime"
)

// failurePauses is for how many tries of their network one waits, less than
// Limits.Establish.
const failurePauses = 8

// failures slows down who guesses, by network, and keeps nobody out: behind one
// address there may be many, and a right secret is let in when its turn comes.
// What it counts is forgotten after a minute. A try counts when it begins, so that
// many at once are counted as well as one after another.
type failures struct{ throttle.Window }

// allow sets how many failures in a minute cost no time.
func (f *failures) allow(most int) {
	f.Most, f.Per, f.Pauses = most, time.Minute, failurePauses
}

// slow waits for the turn of a try, which counts as one that failed; back says that
// it has not. This machine, behind which may be a proxy, and what has no address count
// for nobody.
func (f *failures) slow(ctx context.Context, remote string) (back func(), err error) {
	from := network(remote)
	if from == "" {
		return func() {}, nil
	}
	long, back, ok := f.Try(from)
	if !ok {
		return nil, lime.Errorf(lime.RequestLimit, "too many try to log in from where you are: try again in a minute")
	}
	if err := throttle.Sleep(ctx, long); err != nil {
		back()
		return nil, err
	}
	return back, nil
}
