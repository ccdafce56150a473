package door

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/lane"
	"github.com/bitcoim/bitcoim/wallet"
)

// A bot that goes while its command is under way gets nothing of it, and the command goes on
// with variables of its own: what it ends with is nobody's.
func TestWhoWaitsNoLongerHearsNothing(t *testing.T) {
	d := &Door{lanes: lane.New(1, 10, 10)}
	defer func() { _ = d.lanes.Close(t.Context()) }()
	ctx, cancel := context.WithCancel(t.Context())
	goes, over := make(chan struct{}), make(chan struct{})
	v, err := inLane(ctx, d, "ann", func(context.Context) (string, error) {
		defer close(over)
		cancel()
		<-goes
		return "made", nil
	})
	if v != "" || !errors.Is(err, wallet.ErrOutcomeUnknown) {
		t.Errorf("got %q, %v", v, err)
	}
	close(goes)
	<-over
	d.tasks.Wait()
	if v != "" || !errors.Is(err, wallet.ErrOutcomeUnknown) {
		t.Errorf("got %q, %v afterwards", v, err)
	}
}

// A command that panicked ends with an error, not with an answer of nothing.
func TestWhatPanicsInALaneIsNotDone(t *testing.T) {
	d := &Door{lanes: lane.New(1, 10, 10)}
	defer func() { _ = d.lanes.Close(t.Context()) }()
	if _, err := inLane(t.Context(), d, "ann", func(context.Context) (int, error) { panic("a bug") }); !errors.Is(err, errNotDone) {
		t.Errorf("got %v", err)
	}
	d.tasks.Wait()
}
