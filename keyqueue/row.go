package keyqueue

// Row is what waits for its turn. Groups take turns, and within a group goes first what
// waits longest. The zero value is an empty one; it is not safe for concurrent use.
type Row[T any] struct {
	turn []*group[T] // those in which something waits, the next first
	of   map[string]*group[T]
}

// group is what waits of those who share their turns.
type group[T any] struct {
	name string
	all  []T
}

// Add puts v at the end of its group.
func (r *Row[T]) Add(name string, v T) {
	g := r.of[name]
	if g == nil {
		if r.of == nil {
			r.of = map[string]*group[T]{}
		}
		g = &group[T]{name: name}
		r.of[name] = g
		r.turn = append(r.turn, g)
	}
	g.all = append(g.all, v)
}

// Next takes what has its turn, of a group that may have one (nil: each may); false if
// there is nothing.
func (r *Row[T]) Next(may func(group string) bool) (v T, ok bool) {
	for i, g := range r.turn {
		if may != nil && !may(g.name) {
			continue
		}
		var none T
		v, g.all[0] = g.all[0], none
		g.all = g.all[1:]
		if i == 0 {
			r.turn[0] = nil
			r.turn = r.turn[1:]
		} else {
			r.turn = append(r.turn[:i], r.turn[i+1:]...)
		}
		if len(g.all) > 0 {
			r.turn = append(r.turn, g)
		} else {
			delete(r.of, g.name)
		}
		return v, true
	}
	return v, false
}
