package chain

import (
	"context"
	"sync"
)

// pin remembers that the node was seen on our network. It comes off whenever
// the node does not answer, because what answers next may be another one.
type pin struct {
	mu sync.Mutex
	on bool
}

func (p *pin) set(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
}

// check runs look unless the pin is on.
func (p *pin) check(ctx context.Context, look func(context.Context) (Info, error)) error {
	p.mu.Lock()
	on := p.on
	p.mu.Unlock()
	if on {
		return nil
	}
	_, err := look(ctx)
	return err
}
