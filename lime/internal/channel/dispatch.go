package channel

import (
	"sync"

	"github.com/bitcoim/bitcoim/lime"
)

// idleWorkers of a session wait for the next command; more are made while
// there is more to do.
const idleWorkers = 2

// workers handle the requests of one session, some at a time.
type workers struct {
	all   sync.WaitGroup
	jobs  chan *lime.Command
	slots chan struct{} // one for each worker
	idle  chan struct{} // one for each that may wait for more
}

// dispatch handles what came in its order; commands are handled side by side.
func (c *Channel) dispatch() {
	w := &workers{jobs: make(chan *lime.Command), slots: make(chan struct{}, c.Limits.InFlight), idle: make(chan struct{}, idleWorkers)}
	defer w.all.Wait()
	defer close(w.jobs)
	for {
		var e lime.Envelope
		select {
		case <-c.over:
			return
		case e = <-c.in:
		}
		switch e := e.(type) {
		case nil: // closed
			return
		case *lime.Message:
			c.side.Message(c.ctx, e)
		case *lime.Notification:
			c.side.Notification(c.ctx, e)
		case *lime.Command:
			switch {
			case e.IsResponse():
				c.side.Response(c.ctx, e)
			case e.ID != "" && !c.begin(e.ID):
				c.Reject(e, lime.Errorf(lime.InvalidArgument, "a command with this id is under way"))
			case !c.hand(w, e):
				return
			}
		}
	}
}

// hand gives a request to a worker: one that waits, a new one, or the first
// that has done what it does.
func (c *Channel) hand(w *workers, r *lime.Command) bool {
	select {
	case w.jobs <- r:
		return true
	default:
	}
	select {
	case w.jobs <- r:
	case w.slots <- struct{}{}:
		w.all.Go(func() { c.work(w, r) })
	case <-c.over:
		return false
	}
	return true
}

// work handles a request and then others, as long as there are some or it may
// wait for them: a worker that is warm is cheaper than a new one.
func (c *Channel) work(w *workers, r *lime.Command) {
	defer func() { <-w.slots }()
	for r != nil {
		c.side.Request(c.ctx, r)
		c.Free(r.ID)
		select {
		case r = <-w.jobs:
			continue
		default:
		}
		select {
		case w.idle <- struct{}{}:
			r = <-w.jobs // nil when it is closed
			<-w.idle
		default:
			return
		}
	}
}

// begin notes a request of the peer; false means that its id is in use.
func (c *Channel) begin(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.serving[id] {
		return false
	}
	c.serving[id] = true
	return true
}

// Free says that nothing is under way any more by this id of a request.
func (c *Channel) Free(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.serving, id)
}
