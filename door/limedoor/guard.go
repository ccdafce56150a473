package limedoor

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// who is for whom a session speaks, and how it entered.
type who struct {
	jid   string
	app   wallet.AppID
	login int64
}

// who is the account and the way in of a session.
func (p *principal) who() who { return who{p.jid, p.app, p.login.Load()} }

// guard ends the sessions of bots that were taken away or paused, of users who
// left, and those that entered with a password that was changed, when it finds
// them the second time: between, they hear what became of their last words. It
// returns those whom it found now.
func (d *Door) guard(ctx context.Context, before map[who]bool) map[who]bool {
	found := map[who]bool{}
	all := map[who][]*limeserver.Channel{}
	for _, one := range d.here() {
		for _, c := range d.server.Sessions(one.identity) {
			if p, _ := c.Principal().(*principal); p != nil {
				all[p.who()] = append(all[p.who()], c)
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	var ending errgroup.Group
	for w, sessions := range all {
		err := d.mayStay(ctx, w)
		if !fault.Is(err, fault.NotAllowed) && !fault.Is(err, fault.NotFound) {
			continue // it stays, or nobody knows now
		}
		if found[w] = true; !before[w] {
			continue
		}
		for _, c := range sessions {
			d.log.Info("lime: somebody may not be here any more", "node", c.Remote().String(), "err", err)
			ending.Go(func() error {
				soon, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				return c.Finish(soon)
			})
		}
	}
	if err := ending.Wait(); err != nil {
		d.log.Warn("lime: a session did not end", "err", err)
	}
	return found
}

// mayStay is the fault of who is not let in any more. It asks for the least that everybody
// who is let in may have.
func (d *Door) mayStay(ctx context.Context, w who) error {
	by, err := d.desk.Caller(ctx, wallet.Caller{JID: w.jid, App: w.app, Login: w.login})
	if err == nil {
		_, err = d.desk.Balance(ctx, by)
	}
	return err
}
