package limedoor

import (
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/lime"
)

// people is who has, or had a moment ago, a session here.
type people struct {
	mu  sync.Mutex
	all map[string]*person // by identity
}

// person is an account with sessions.
type person struct {
	identity lime.Identity
	jid      string
	speech   speech
	since    int64     // seconds: news from before are old
	come     time.Time // the last login: its session may not be there yet
	watched  bool      // somebody subscribed to something that is compared
	blocks   bool      // or to the chain

	looking sync.Mutex
	seen    *snapshot // nil until the first look
}

func (p *people) start() { p.all = map[string]*person{} }

func (p *people) add(i lime.Identity, who *principal, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.all[i.Key()]
	if one == nil || one.jid != who.jid {
		one = &person{identity: i, jid: who.jid, speech: speech{lang: who.lang}, since: who.since}
		p.all[i.Key()] = one
	}
	one.come = now
}

// mark notes that an account is to be looked at.
func (p *people) mark(i lime.Identity, blocks bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if one := p.all[i.Key()]; one != nil {
		one.watched = one.watched || !blocks
		one.blocks = one.blocks || blocks
	}
}

// settle is how long after a login a session must be there.
const settle = 2 * time.Minute

// present lists who is here, and forgets who left.
func (p *people) present(here func(lime.Identity) bool) (all []*person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, one := range p.all {
		switch {
		case here(one.identity):
			all = append(all, one)
		case time.Since(one.come) > settle:
			delete(p.all, key)
		}
	}
	return all
}

// find returns an account that is here, nil for none.
func (p *people) find(i lime.Identity) *person {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[i.Key()]
}

// wants says what of an account is to be looked at.
func (p *people) wants(one *person) (watched, blocks bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return one.watched, one.blocks
}

// here lists the accounts that have sessions now.
func (d *Door) here() []*person {
	return d.people.present(func(i lime.Identity) bool { return len(d.server.Sessions(i)) > 0 })
}
