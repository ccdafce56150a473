package keyqueue

// enqueue puts a queue into the row of those whose turn comes. mu is held.
func (l *Queues) enqueue(mine *queue) {
	if mine.tasks[0].first {
		l.first.Add(mine.group, mine)
	} else {
		l.ready.Add(mine.group, mine)
	}
}

// pick takes the queue whose turn it is, and a place for its task, nil if there is
// none. mu is held.
func (l *Queues) pick() *queue {
	if l.placed >= l.workers {
		return nil
	}
	if l.plain < l.open() {
		if next, ok := l.ready.Next(l.mayRun); ok {
			l.placed++
			l.plain++
			l.busy[next.group]++
			l.allBusy++
			return next
		}
	}
	next, ok := l.first.Next(nil)
	if ok {
		l.placed++
	}
	return next
}

// open is how many workers run any task.
func (l *Queues) open() int { return max(1, l.workers-l.Kept) }

// mayRun reports whether a group may have one more task run: as many as Room says of the
// places, where one is little. mu is held.
func (l *Queues) mayRun(group string) bool {
	if l.OfGroup <= 0 {
		return true
	}
	all := l.open()
	if l.Slow > 0 {
		all += l.Spare
	}
	return l.busy[group] < l.OfGroup && fits(l.busy, l.allBusy, all, 1, group, l.Home)
}

// leave gives back the place of a task. mu is held.
func (l *Queues) leave(f task) {
	l.placed--
	if !f.first {
		l.plain--
	}
}
