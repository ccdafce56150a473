package chain

import (
	"sync"
	"time"
)

// doubt keeps the coins that a call may have locked whose answer was lost, so
// that they can be unlocked before others are chosen: nobody else will. What is
// stored meanwhile is in doubt no longer, for its lock is asked for again.
type doubt struct {
	mu    sync.Mutex
	coins map[Outpoint]time.Time // since when they may be unlocked
}

// add keeps coins, to be unlocked from that time on.
func (d *doubt) add(coins []Outpoint, since time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.coins == nil {
		d.coins = make(map[Outpoint]time.Time)
	}
	for _, c := range coins {
		d.coins[c] = since
	}
}

// clear forgets coins: their lock is somebody's, or is not there.
func (d *doubt) clear(coins []Outpoint) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range coins {
		delete(d.coins, c)
	}
}

// before lists the coins whose time is before that one.
func (d *doubt) before(t time.Time) (coins []Outpoint) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c, since := range d.coins {
		if since.Before(t) {
			coins = append(coins, c)
		}
	}
	return coins
}
