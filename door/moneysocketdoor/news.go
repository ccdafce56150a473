package moneysocketdoor

import (
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

// bring hands news to the provider, once: until the desk knows that the app
// has them, it goes on naming them.
func (l *link) bring(a wallet.AppAnswer) {
	x := l.door.parcelOf(a)
	if x.answer.Later() {
		return
	}
	l.mu.Lock()
	bring := (a.Incoming || l.asks[a.Key] == 0) && l.carry(x, a)
	l.mu.Unlock()
	if !bring {
		return
	}
	if a.Incoming {
		l.provider.Received(a.Preimage)
	} else {
		l.provider.Answer(l.way.Seed.Rendezvous(), a.Key, x.answer)
	}
}

// carry notes that news are under way to the app; false if they were, or if
// there is no room. The caller has the lock.
func (l *link) carry(x parcel, a wallet.AppAnswer) bool {
	if l.news[x] != nil || len(l.news) >= mostNews {
		return false
	}
	if l.news == nil {
		l.news = map[parcel]*errand{}
	}
	l.news[x] = &errand{news: a}
	return true
}

// mind keeps the news of a request back while the desk is asked about it.
func (l *link) mind(uuid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asks == nil {
		l.asks = map[string]int{}
	}
	l.asks[uuid]++
}

// unmind lets the news of a request go. An answer that ends the request takes
// their place: the desk learns that it went out, as of any news. It reports
// whether the provider has the same as news already, and still to send.
func (l *link) unmind(uuid string, a wallet.AppAnswer) (under bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asks[uuid]--; l.asks[uuid] <= 0 {
		delete(l.asks, uuid)
	}
	x := l.door.parcelOf(a)
	if a.Key != uuid || x.answer.Later() {
		return false
	}
	e := l.news[x]
	l.carry(x, a)
	return e != nil && !e.sent
}

// parcelOf is what the provider makes of news: a payment that came in refers to
// no request.
func (d *Door) parcelOf(a wallet.AppAnswer) parcel {
	if a.Incoming {
		a.Key = ""
	}
	return parcel{a.Key, d.said(a)}
}

// sent hears that an answer went out to the app.
func (l *link) sent(_ moneysocket.RendezvousID, uuid string, a moneysocket.Answer) {
	l.mu.Lock()
	e := l.news[parcel{uuid, a}]
	if e != nil {
		e.sent = true
	}
	l.mu.Unlock()
	if e != nil {
		l.door.Notify()
	}
}

// told lists the news that went out and that the desk thinks are still to come.
func (l *link) told() (all []wallet.AppAnswer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.news {
		if e.sent {
			all = append(all, e.news)
		}
	}
	return all
}

// forget is for news that the desk knows to have arrived.
func (l *link) forget(a wallet.AppAnswer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.news, l.door.parcelOf(a))
}
