package limeserver

import (
	"context"
	"sync"
	"time"

	"github.com/bitcoim/bitcoim/lime"
)

// Inbox keeps messages for accounts of which no session is there.
type Inbox interface {
	// Store keeps a message. A *[Reason], as QuotaExceeded, is told to its
	// sender.
	Store(ctx context.Context, owner lime.Identity, m *lime.Message) error
	// Take gives what is kept to deliver, the oldest first, and forgets what
	// deliver took without an error. After an error it stops. Called twice at
	// once, no message is delivered twice.
	Take(ctx context.Context, owner lime.Identity, deliver func(*lime.Message) error) error
}

// MemoryInbox keeps messages as long as the program runs.
type MemoryInbox struct {
	Size int           // messages of one account; 100
	Age  time.Duration // how long one is kept; 7 days

	mu  sync.Mutex
	all map[string]*box
}

type box struct {
	taking sync.Mutex
	kept   []letter
}

type letter struct {
	m    *lime.Message
	come time.Time
}

// Store keeps a message, or refuses it when the inbox is full.
func (i *MemoryInbox) Store(_ context.Context, owner lime.Identity, m *lime.Message) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := i.box(owner)
	i.age(b)
	size := i.Size
	if size == 0 {
		size = 100
	}
	if len(b.kept) >= size {
		return lime.Errorf(lime.QuotaExceeded, "the inbox is full")
	}
	b.kept = append(b.kept, letter{m, time.Now()})
	return nil
}

// box is the one of an account. mu is held.
func (i *MemoryInbox) box(owner lime.Identity) *box {
	if i.all == nil {
		i.all = map[string]*box{}
	}
	b := i.all[owner.Key()]
	if b == nil {
		b = &box{}
		i.all[owner.Key()] = b
	}
	return b
}

// age drops what is too old. mu is held.
func (i *MemoryInbox) age(b *box) {
	most := i.Age
	if most == 0 {
		most = 7 * 24 * time.Hour
	}
	for len(b.kept) > 0 && time.Since(b.kept[0].come) > most {
		b.kept = b.kept[1:]
	}
}

// Take delivers and forgets.
func (i *MemoryInbox) Take(_ context.Context, owner lime.Identity, deliver func(*lime.Message) error) error {
	i.mu.Lock()
	b := i.box(owner)
	i.mu.Unlock()
	b.taking.Lock()
	defer b.taking.Unlock()
	for {
		i.mu.Lock()
		i.age(b)
		if len(b.kept) == 0 {
			i.mu.Unlock()
			return nil
		}
		next := b.kept[0]
		i.mu.Unlock()
		if err := deliver(next.m); err != nil {
			return err
		}
		i.mu.Lock()
		if len(b.kept) > 0 && b.kept[0].m == next.m {
			b.kept = b.kept[1:]
		}
		i.mu.Unlock()
	}
}
