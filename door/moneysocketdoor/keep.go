package moneysocketdoor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

const (
	patience = 10 * time.Second // for one question to the desk
	batch    = 500              // apps in one question
	leastNew = 1 * time.Second  // between two questions for the links
	longest  = 5 * time.Second  // between two looks
)

// keep looks at the desk, at each signal and now and then, until ctx ends.
func (d *Door) keep(ctx context.Context) {
	var asked time.Time
	signalled := false // since the links were asked for
	for ctx.Err() == nil {
		since := time.Since(asked)
		if asked.IsZero() || since >= d.o.Limits.Renew || signalled && since >= leastNew {
			asked, signalled = time.Now(), false
			d.renew(ctx)
		}
		began := time.Now()
		d.look(ctx)
		d.silent.looked(d.o.Log)
		// An app waits for what is new, so it is looked for soon when the signal comes, and
		// for not more than a fifth of the time. Without a signal it is looked for now and
		// then, the more rarely the more links there are.
		took := time.Since(began)
		pace := min(max(d.o.Limits.Pace, 4*took), d.o.Limits.Every/2)
		rest(ctx, pace, nil)
		signalled = rest(ctx, min(max(d.o.Limits.Every-pace, 200*took), longest), d.signal) || signalled
	}
}

// rest waits, and reports whether the signal came.
func rest(ctx context.Context, how time.Duration, signal <-chan struct{}) bool {
	t := time.NewTimer(how)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-signal:
		return true
	}
	return false
}

// renew compares the links with those that the desk names: it starts and ends
// what is new and gone. What cannot be asked stays as it is.
func (d *Door) renew(ctx context.Context) {
	asking, stop := context.WithTimeout(ctx, patience)
	defer stop()
	all, err := d.o.Desk.AppLinks(asking, d.o.Instance)
	if err != nil {
		d.away(ctx, "links", err)
		return
	}
	d.silent.answered = true
	if len(all) > d.o.Limits.Links {
		d.o.Log.Error("moneysocket: more links than are kept", "links", len(all), "kept", d.o.Limits.Links)
		slices.SortFunc(all, func(a, b wallet.AppLink) int { return cmp.Compare(a.ID, b.ID) })
		all = all[:d.o.Limits.Links]
	}
	named := make(map[wallet.AppID]wallet.AppLink, len(all))
	for _, a := range all {
		named[a.ID] = a
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.fresh)
	d.fresh = make(chan struct{})
	maps.DeleteFunc(d.odd, func(id wallet.AppID, _ string) bool { _, ok := named[id]; return !ok })
	for id, l := range d.links {
		if a, ok := named[id]; !ok || a != l.app {
			l.stop() // one that has changed comes back at the next look
		}
	}
	for id, a := range named {
		if d.links[id] == nil {
			d.start(ctx, a)
		}
	}
}

// start begins a link. The caller has the lock.
func (d *Door) start(ctx context.Context, a wallet.AppLink) {
	l, err := d.newLink(a)
	if other := d.at[moneysocket.Seed(a.Seed).Rendezvous()]; err == nil && other != nil {
		err = errSeed
	}
	if err != nil {
		if d.odd[a.ID] != err.Error() {
			d.odd[a.ID] = err.Error()
			d.o.Log.Warn("moneysocket: a link cannot be kept", "app", a.ID, "err", err)
		}
		return
	}
	delete(d.odd, a.ID)
	id := l.way.Seed.Rendezvous()
	d.links[a.ID], d.at[id] = l, l
	ctx, l.stop = context.WithCancel(ctx)
	d.ended.Go(func() {
		defer l.stop()
		_ = l.provider.Run(ctx, l.way)
		d.tell(context.WithoutCancel(ctx), l.told()) // or the next door would bring it again
		d.mu.Lock()
		delete(d.links, a.ID)
		delete(d.at, id)
		d.mu.Unlock()
		d.Notify()
	})
}

// present lists the links whose other side is there.
func (d *Door) present() (joined, ready []*link) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.links {
		switch l.state() {
		case moneysocket.Ready:
			ready = append(ready, l)
			joined = append(joined, l)
		case moneysocket.Joined:
			joined = append(joined, l)
		}
	}
	return joined, ready
}
