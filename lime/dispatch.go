package lime

import "sync"

// idleWorkers of a session wait for the next command; more are made while
// there is more to do.
const idleWorkers = 2

// workers handle the requests of one session, some at a time.
type workers struct {
	all   sync.WaitGroup
	jobs  chan *Command
	slots chan struct{} // one for each worker
	idle  chan struct{} // one for each that may wait for more
}

// dispatch handles what came in its order; commands are handled side by side.
func (c *Channel) dispatch() {
	w := &workers{jobs: make(chan *Command), slots: make(chan struct{}, c.limits.InFlight), idle: make(chan struct{}, idleWorkers)}
	defer w.all.Wait()
	defer close(w.jobs)
	for {
		var e Envelope
		select {
		case <-c.over:
			return
		case e = <-c.in:
		}
		switch e := e.(type) {
		case nil: // closed
			return
		case *Message:
			c.side.message(c.ctx, c, e)
		case *Notification:
			c.side.notification(c.ctx, c, e)
		case *Command:
			switch {
			case e.IsResponse():
				c.side.response(c.ctx, c, e)
			case e.ID != "" && !c.begin(e.ID):
				c.refuse(e, Errorf(InvalidArgument, "a command with this id is under way"))
			case !c.hand(w, e):
				return
			}
		}
	}
}

// hand gives a request to a worker: one that waits, a new one, or the first
// that has done what it does.
func (c *Channel) hand(w *workers, r *Command) bool {
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
func (c *Channel) work(w *workers, r *Command) {
	defer func() { <-w.slots }()
	for r != nil {
		c.side.request(c.ctx, c, r)
		c.finish(r.ID)
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

func (c *Channel) finish(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.serving, id)
}
