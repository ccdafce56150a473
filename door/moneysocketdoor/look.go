package moneysocketdoor

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/wallet"
)

// look tells the desk and the apps what they do not know of each other.
func (d *Door) look(ctx context.Context) {
	joined, ready := d.present()
	for some := range slices.Chunk(joined, batch) {
		d.show(ctx, some)
	}
	for _, l := range ready {
		d.greet(ctx, l)
	}
	for some := range slices.Chunk(ready, batch) {
		d.bring(ctx, some)
	}
	d.settle(ctx)
}

// numbers are the apps of links.
func numbers(links []*link) []wallet.AppID {
	apps := make([]wallet.AppID, len(links))
	for i, l := range links {
		apps[i] = l.app.ID
	}
	return apps
}

// show shows apps their wallets. An app whose wallet was taken away is sent
// away; of what cannot be asked, they see what they saw.
func (d *Door) show(ctx context.Context, links []*link) {
	asking, stop := context.WithTimeout(ctx, patience)
	defer stop()
	wallets, err := d.o.Desk.AppWallets(asking, numbers(links))
	if err != nil {
		d.away(ctx, "wallets", err)
		return
	}
	d.silent.answered = true
	for _, l := range links {
		if w, ok := wallets[l.app.ID]; ok {
			l.show(w)
		} else {
			l.stop()
		}
	}
}

// greet tells the desk that an app has come, once for each time.
func (d *Door) greet(ctx context.Context, l *link) {
	if !l.cameAnew() {
		return
	}
	asking, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if err := d.o.Desk.AppJoined(asking, l.app.ID); err != nil {
		d.away(ctx, "an app that came", err)
		l.comesAgain()
	}
}

// bring gives apps the news that wait for them.
func (d *Door) bring(ctx context.Context, links []*link) {
	asking, stop := context.WithTimeout(ctx, patience)
	defer stop()
	news, err := d.o.Desk.AppNews(asking, numbers(links))
	if err != nil {
		d.away(ctx, "news", err)
		return
	}
	d.silent.answered = true
	to := map[wallet.AppID]*link{}
	for _, l := range links {
		to[l.app.ID] = l
	}
	for _, a := range news {
		if l := to[a.App]; l != nil {
			l.bring(a)
		}
	}
}

// settle tells the desk what reached its app. If it cannot hear it now, it is
// told again, and the app is not.
func (d *Door) settle(ctx context.Context) {
	d.mu.Lock()
	all := make([]*link, 0, len(d.links))
	for _, l := range d.links {
		all = append(all, l)
	}
	d.mu.Unlock()
	var told []wallet.AppAnswer
	for _, l := range all {
		told = append(told, l.told()...)
	}
	for some := range slices.Chunk(told, batch) {
		d.tell(ctx, some)
	}
}

func (d *Door) tell(ctx context.Context, told []wallet.AppAnswer) {
	if len(told) == 0 {
		return
	}
	asking, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if err := d.o.Desk.AppTold(asking, told); err != nil {
		d.away(ctx, "news that were told", err)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range told {
		if l := d.links[a.App]; l != nil {
			l.forget(a)
		}
	}
}
