package component

import (
	"container/list"
	"sync"
)

// pictures remembers what was drawn, the last used longest, at most max
// bytes of PNG.
type pictures struct {
	max int

	mu    sync.Mutex
	size  int
	used  *list.List // of *drawing, last used in front
	texts map[string]*list.Element
	sums  map[string]*list.Element
}

// drawn is shared by all: what a text looks like depends on nothing else.
var drawn = newPictures(4 << 20)

func newPictures(max int) *pictures {
	return &pictures{
		max:   max,
		used:  list.New(),
		texts: make(map[string]*list.Element),
		sums:  make(map[string]*list.Element),
	}
}

// byText is the picture of text, nil if it is not remembered.
func (ps *pictures) byText(text string) *drawing { return ps.find(ps.texts, text) }

// byHash is the picture whose PNG has that SHA-1 in hex, nil if it is not
// remembered.
func (ps *pictures) byHash(hash string) *drawing { return ps.find(ps.sums, hash) }

func (ps *pictures) find(in map[string]*list.Element, key string) *drawing {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	e, ok := in[key]
	if !ok {
		return nil
	}
	ps.used.MoveToFront(e)
	return e.Value.(*drawing)
}

func (ps *pictures) keep(p *drawing) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if _, ok := ps.texts[p.text]; ok {
		return
	}
	e := ps.used.PushFront(p)
	ps.texts[p.text], ps.sums[p.hash] = e, e
	for ps.size += len(p.png); ps.size > ps.max; {
		old := ps.used.Remove(ps.used.Back()).(*drawing)
		delete(ps.texts, old.text)
		delete(ps.sums, old.hash)
		ps.size -= len(old.png)
	}
}
