package moneysocket

import "encoding/json"

// rawJSON is a JSON value as it was written.
type rawJSON = json.RawMessage

// shelf is a map with so many places: a new thing pushes out the oldest.
type shelf[T any] struct {
	at    map[string]T
	order []string // a ring of the keys, by age
	next  int
}

func newShelf[T any](places int) *shelf[T] {
	return &shelf[T]{at: map[string]T{}, order: make([]string, 0, places)}
}

// put adds a thing and reports whether its key is new. An old key keeps its
// place and its thing.
func (s *shelf[T]) put(key string, thing T) bool {
	if _, there := s.at[key]; there {
		return false
	}
	if len(s.order) < cap(s.order) {
		s.order = append(s.order, key)
	} else {
		delete(s.at, s.order[s.next])
		s.order[s.next] = key
		s.next = (s.next + 1) % len(s.order)
	}
	s.at[key] = thing
	return true
}
