package worker

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/bitcoim/bitcoim/outbox"
)

// Teller says a notice to its user; an error means that it has to be said again. It
// waits for our own server, if it must, and for no user's.
type Teller interface {
	Tell(ctx context.Context, n outbox.Notice) error
}

// said is what came of a batch.
type said struct {
	told    []int64   // what the door took
	refused []refused // what it did not take
	unsaid  []int64   // what it was not offered
	until   int64     // when others may claim what is in the batch
}

// refused is a notice that the door did not take.
type refused struct {
	outbox.Claimed
	why error
}

// say offers a batch to the door, all users side by side: one for whom it takes long
// keeps no other waiting.
func (t *Tell) say(ctx context.Context, batch [][]outbox.Claimed) (all said) {
	all.until = batch[0][0].Until
	var mu sync.Mutex
	var users sync.WaitGroup
	for _, notices := range batch {
		users.Go(func() {
			told, err := t.inOrder(ctx, showOnce(notices))
			mu.Lock()
			defer mu.Unlock()
			for i, n := range notices {
				switch {
				case i < told:
					all.told = append(all.told, n.ID)
				case i == told && err != nil:
					all.refused = append(all.refused, refused{n, err})
				default:
					all.unsaid = append(all.unsaid, n.ID)
				}
			}
		})
	}
	users.Wait()
	return all
}

// inOrder says notices of one user until one is refused, or the time is over, and returns
// how many the door took: those behind one that it did not take wait for it.
func (t *Tell) inOrder(ctx context.Context, notices []outbox.Notice) (told int, err error) {
	defer func() {
		if p := recover(); p != nil {
			t.Log.Error("telling panicked", "notice", notices[told].ID, "panic", p, "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	for _, n := range notices {
		if ctx.Err() != nil {
			return told, nil
		}
		if err := t.Teller.Tell(ctx, n); err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}

// showOnce has only the last of those notices of a user that show the balance show it:
// it is the balance as it is then, and asking for it costs more than the notice. If the
// door does not take that one, it is told again and shows it.
func showOnce(of []outbox.Claimed) []outbox.Notice {
	notices := make([]outbox.Notice, len(of))
	shown := false
	for i := len(of) - 1; i >= 0; i-- {
		notices[i] = of[i].Notice
		notices[i].Balance = of[i].Balance && !shown
		shown = shown || of[i].Balance
	}
	return notices
}
