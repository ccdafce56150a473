package p2p

import (
	"sync"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// asked are the questions that one peer was asked and that wait for an answer.
type asked struct {
	mu  sync.Mutex
	all map[*question]bool
}

// question matches answers. fits says whether a message is an answer, and
// whether it is the last one.
type question struct {
	command string // what the answer is called, besides notfound
	fits    func(m wire.Message) bool
	answer  chan wire.Message // holds one
}

// maxAsked is how many questions one peer is asked at once.
const maxAsked = 64

func (a *asked) add(q *question) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) >= maxAsked {
		return false
	}
	if a.all == nil {
		a.all = map[*question]bool{}
	}
	a.all[q] = true
	return true
}

func (a *asked) remove(q *question) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.all, q)
}

// waits reports whether anybody waits for such a message.
func (a *asked) waits(command string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for q := range a.all {
		if q.command == command {
			return true
		}
	}
	return false
}

// answer gives a message to whom it answers; false if nobody asked.
func (a *asked) answer(m wire.Message) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for q := range a.all {
		if q.fits(m) {
			delete(a.all, q)
			q.answer <- m
			return true
		}
	}
	return false
}

// holds reports whether a notfound or getdata has the hash.
func holds(list []*wire.InvVect, hash chainhash.Hash) bool {
	for _, iv := range list {
		if iv.Hash == hash {
			return true
		}
	}
	return false
}
