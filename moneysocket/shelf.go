package moneysocket

import "encoding/json"

// rawJSON is a JSON value as it was written.
type rawJSON = json.RawMessage

// shelf is a map with so many places: a new thing pushes out the oldest. It
// grows with what is on it.
type shelf[T any] struct {
	at     map[string]T
	places int
	order  []string // a ring of the keys, by age, once it is full
	next   int
}

func newShelf[T any](places int) *shelf[T] {
	return &shelf[T]{at: map[string]T{}, places: places}
}

// put adds a thing and reports whether its key is new. An old key keeps its
// place and its thing.
func (s *shelf[T]) put(key string, thing T) bool {
	if _, there := s.at[key]; there {
		return false
	}
	if len(s.order) < s.places {
		s.order = append(s.order, key)
	} else {
		delete(s.at, s.order[s.next])
		s.order[s.next] = key
		s.next = (s.next + 1) % len(s.order)
	}
	s.at[key] = thing
	return true
}

// drop takes a thing away. Its place stays empty until it is the oldest, so
// that the same key, put again, is not pushed out in its stead.
func (s *shelf[T]) drop(key string) {
	if _, there := s.at[key]; !there {
		return
	}
	delete(s.at, key)
	for i, k := range s.order {
		if k == key {
			s.order[i] = ""
		}
	}
}
