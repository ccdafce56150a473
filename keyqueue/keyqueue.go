// Package keyqueue runs tasks in queues: what belongs to one key runs in order and
// one at a time, different keys run side by side. A queue costs memory only
// while it has tasks, and a goroutine only while one of them runs.
package keyqueue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// What Do can say instead of taking a task.
var (
	ErrFull   = errors.New("keyqueue: too many tasks are waiting")
	ErrClosed = errors.New("keyqueue: no more tasks are taken")
)

// Task is one thing to do. Its ctx ends when Close has waited long enough.
type Task = func(ctx context.Context)

// Lanes is a set of queues, made by New.
type Queues struct {
	// OnPanic hears of a task that panicked; the queue goes on. If it is nil
	// the panic is logged. Set it before the first Do.
	OnPanic func(key string, value any, stack []byte)

	// Slow is after which a task gives its worker's place to another, so that
	// some who wait for an answer from outside do not stop everybody; 0 is never.
	// Spare is how many tasks may have done so at once. Set both before the
	// first Do.
	Slow  time.Duration
	Spare int

	// Kept is how many workers run nothing but the tasks of DoFirst, so that those
	// have a place however many others wait. One worker at least runs all. Set it
	// before the first Do.
	Kept int

	// Group says to which group a key belongs. Groups take turns, so that many keys of
	// one do not keep those of another waiting; nil: all are one. OfGroup is how many
	// tasks of one group may run at once, those of DoFirst besides, and never more than
	// there are places left for other groups, some of them kept for those of which nothing
	// runs, and some for Home; 0 is any number. Of one group no more tasks wait than there
	// is Room for. Set all before the first Do.
	Group   func(key string) string
	OfGroup int
	Home    string

	workers, perKey, total int

	ctx    context.Context
	cancel context.CancelFunc
	empty  chan struct{} // closed when Close was called and nothing is left

	mu      sync.Mutex
	waiting map[string]*queue
	ready   Row[*queue]    // queues with a task to run and no worker
	first   Row[*queue]    // the same, where that task is of DoFirst
	taken   map[string]int // tasks that were taken and are not finished, by group
	busy    map[string]int // tasks that run, by group, without those of DoFirst
	allBusy int            // of all groups
	tasks   int            // taken and not finished
	running int            // worker goroutines
	aside   int            // of them, those whose task gave up its place
	placed  int            // tasks that have a place
	plain   int            // of them, those that are not of DoFirst
	closed  bool
}

// queue is the tasks of one key. The first may be running.
type queue struct {
	key   string
	group string
	tasks []task
}

// task is a Task, and whether it may have a place that is kept.
type task struct {
	do    Task
	first bool
}

// New makes queues in which at most workers tasks run at once. A key may have
// perKey tasks and all keys together total tasks, those that run included.
// Numbers below 1 count as 1.
func New(workers, perKey, total int) *Queues {
	ctx, cancel := context.WithCancel(context.Background())
	return &Queues{
		workers: max(1, workers), perKey: max(1, perKey), total: max(1, total),
		ctx: ctx, cancel: cancel,
		empty:   make(chan struct{}),
		waiting: map[string]*queue{},
		taken:   map[string]int{},
		busy:    map[string]int{},
	}
}

// Do puts a task at the end of the queue of key and returns at once. It never
// waits: a queue or a house that is full is ErrFull, and after Close it is
// ErrClosed. A task that was taken will run.
func (l *Queues) Do(key string, f Task) error { return l.add(key, task{do: f}) }

// DoFirst is Do for what never waits for anybody outside: it may have a place that
// is kept. Within its queue it has its turn like all others.
func (l *Queues) DoFirst(key string, f Task) error { return l.add(key, task{do: f, first: true}) }

func (l *Queues) add(key string, f task) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	if l.tasks >= l.total {
		return ErrFull
	}
	mine := l.waiting[key]
	if mine == nil {
		mine = &queue{key: key}
		if l.Group != nil {
			mine.group = l.Group(key)
		}
	}
	if len(mine.tasks) >= l.perKey || l.Group != nil && !Room(l.taken, l.tasks, l.total, mine.group, l.Home) {
		return ErrFull
	}
	l.waiting[key] = mine
	mine.tasks = append(mine.tasks, f)
	l.tasks++
	l.taken[mine.group]++
	if len(mine.tasks) == 1 {
		l.enqueue(mine)
		l.hire()
	}
	return nil
}

// hire starts a worker if there is a place and something to do. mu is held.
func (l *Queues) hire() {
	if next := l.pick(); next != nil {
		l.running++
		go l.work(next)
	}
}

// Len is how many tasks were taken and are not finished.
func (l *Queues) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tasks
}

// Close takes no more tasks and waits until all that were taken have run. If
// ctx ends first, the ctx of the tasks ends too, so that they can hurry, and
// Close returns an error that says how many are left; they still run, and
// Close may be called again to wait for them.
func (l *Queues) Close(ctx context.Context) error {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		l.settle()
	}
	l.mu.Unlock()
	select {
	case <-l.empty:
		l.cancel()
		return nil
	default:
	}
	select {
	case <-l.empty:
		l.cancel()
		return nil
	case <-ctx.Done():
		l.cancel()
		return fmt.Errorf("keyqueue: %d tasks are not finished: %w", l.Len(), ctx.Err())
	}
}

// settle notices that Close has nothing more to wait for. mu is held.
func (l *Queues) settle() {
	if l.closed && l.running == 0 && l.tasks == 0 {
		close(l.empty)
	}
}

// work runs one task of one queue after another, so that a long queue does not
// keep the others waiting, until no queue has its turn. It begins with next.
func (l *Queues) work(next *queue) {
	done := false
	defer func() {
		if !done { // the task has ended its goroutine, ours
			go l.work(nil)
		}
	}()
	for {
		if next != nil {
			l.run(next)
		}
		l.mu.Lock()
		if next = l.pick(); next == nil {
			l.running--
			l.settle()
			l.mu.Unlock()
			done = true
			return
		}
		l.mu.Unlock()
	}
}

// run runs the task of a queue that has a place, and puts the queue back in the row,
// whatever the task does.
func (l *Queues) run(mine *queue) {
	l.mu.Lock()
	f := mine.tasks[0]
	l.mu.Unlock()
	back := l.watch(f)
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		back()
		l.tasks--
		less(l.taken, mine.group)
		if !f.first {
			l.allBusy--
			less(l.busy, mine.group)
		}
		mine.tasks[0] = task{}
		mine.tasks = mine.tasks[1:]
		if len(mine.tasks) > 0 {
			l.enqueue(mine)
		} else {
			delete(l.waiting, mine.key)
		}
	}()
	defer func() {
		if value := recover(); value != nil {
			l.report(mine.key, value, debug.Stack())
		}
	}()
	f.do(l.ctx)
}

// less takes one from a count, and forgets what is none.
func less(count map[string]int, group string) {
	if count[group]--; count[group] == 0 {
		delete(count, group)
	}
}

// watch gives up the place of a task that is slow. What it returns ends that, and
// gives back what the task has by then, with mu held.
func (l *Queues) watch(f task) (back func()) {
	if l.Slow <= 0 {
		return func() { l.leave(f) }
	}
	over, gone := false, false
	slow := time.AfterFunc(l.Slow, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if over || l.aside >= l.Spare {
			return
		}
		gone = true
		l.aside++
		l.leave(f)
		l.hire()
	})
	return func() {
		slow.Stop()
		if over = true; gone {
			l.aside--
		} else {
			l.leave(f)
		}
	}
}

func (l *Queues) report(key string, value any, stack []byte) {
	if l.OnPanic != nil {
		l.OnPanic(key, value, stack)
		return
	}
	slog.Error("a task panicked", "panic", value, "stack", string(stack))
}
