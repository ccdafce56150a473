package lime

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/lime/internal/tally"
)

// failurePauses is for how many tries of their network one waits, less than
// Limits.Establish.
const failurePauses = 8

// failures slows down who guesses, by network, and keeps nobody out: behind one
// address there may be many, and a right secret is let in when its turn comes.
// What it counts is forgotten after a minute.
type failures struct{ tally.Window }

// allow sets how many failures in a minute cost no time.
func (f *failures) allow(most int) {
	f.Most, f.Per, f.Pauses = most, time.Minute, failurePauses
}

// slow waits for the turn of a try.
func (f *failures) slow(ctx context.Context, remote string) error {
	long, ok := f.Wait(network(remote))
	if !ok {
		return Errorf(RequestLimit, "too many try to log in from where you are: try again in a minute")
	}
	return tally.Sleep(ctx, long)
}

// add counts one that failed. This machine, behind which may be a proxy, and what
// has no address count for nobody.
func (f *failures) add(remote string) {
	if from := network(remote); from != "" {
		f.Add(from)
	}
}
