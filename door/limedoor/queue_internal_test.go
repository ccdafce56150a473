package limedoor

import (
	"context"
	"errors"
	"testing"

	"github.com/bitcoim/bitcoim/keyqueue"
	"github.com/bitcoim/bitcoim/wallet"
)

// A bot that goes while its command is under way gets nothing of it, and the command goes on
// with variables of its own: what it ends with is nobody's.
func TestWhoWaitsNoLongerHearsNothing(t *testing.T) {
	d := &Door{queues: keyqueue.New(1, 10, 10)}
	defer func() { _ = d.queues.Close(t.Context()) }()
	ctx, cancel := context.WithCancel(t.Context())
	goes, over := make(chan struct{}), make(chan struct{})
	v, err := inQueue(ctx, d, "ann", func(context.Context) (string, error) {
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
	d := &Door{queues: keyqueue.New(1, 10, 10)}
	defer func() { _ = d.queues.Close(t.Context()) }()
	if _, err := inQueue(t.Context(), d, "ann", func(context.Context) (int, error) { panic("a bug") }); !errors.Is(err, errNotDone) {
		t.Errorf("got %v", err)
	}
	d.tasks.Wait()
}
