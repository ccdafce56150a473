package lane

// row is lanes that have a task to run and no worker. Groups take turns, and within a
// group the lane that waits longest.
type row struct {
	turn []*group // those with a lane, the next first
	of   map[string]*group
}

// group is the lanes of those who share their turns.
type group struct {
	name  string
	lanes []*lane
}

// add puts a lane at the end of its group.
func (r *row) add(l *lane) {
	g := r.of[l.group]
	if g == nil {
		if r.of == nil {
			r.of = map[string]*group{}
		}
		g = &group{name: l.group}
		r.of[l.group] = g
		r.turn = append(r.turn, g)
	}
	g.lanes = append(g.lanes, l)
}

// next takes the lane whose turn it is, of a group that may have one; nil if there is
// none.
func (r *row) next(may func(group string) bool) *lane {
	for i, g := range r.turn {
		if !may(g.name) {
			continue
		}
		l := g.lanes[0]
		g.lanes[0] = nil
		g.lanes = g.lanes[1:]
		if i == 0 {
			r.turn[0] = nil
			r.turn = r.turn[1:]
		} else {
			r.turn = append(r.turn[:i], r.turn[i+1:]...)
		}
		if len(g.lanes) > 0 {
			r.turn = append(r.turn, g)
		} else {
			delete(r.of, g.name)
		}
		return l
	}
	return nil
}

// queue puts a lane into the row of those whose turn comes. mu is held.
func (l *Lanes) queue(mine *lane) {
	if mine.tasks[0].first {
		l.first.add(mine)
	} else {
		l.ready.add(mine)
	}
}

// pick takes the lane whose turn it is, and a place for its task, nil if there is
// none. mu is held.
func (l *Lanes) pick() *lane {
	if l.placed >= l.workers {
		return nil
	}
	if l.plain < max(1, l.workers-l.Kept) {
		if next := l.ready.next(l.mayRun); next != nil {
			l.placed++
			l.plain++
			l.busy[next.group]++
			return next
		}
	}
	next := l.first.next(func(string) bool { return true })
	if next != nil {
		l.placed++
	}
	return next
}

// mayRun reports whether a group may have one more task run. mu is held.
func (l *Lanes) mayRun(group string) bool { return l.OfGroup <= 0 || l.busy[group] < l.OfGroup }

// leave gives back the place of a task. mu is held.
func (l *Lanes) leave(f task) {
	l.placed--
	if !f.first {
		l.plain--
	}
}
