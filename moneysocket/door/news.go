package door

import (
	"encoding/json"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// show shows the app its wallet, if that is not what it saw.
func (l *link) show(w command.AppWallet) {
	l.mu.Lock()
	same := l.shown != nil && equal(*l.shown, w)
	l.shown = &w
	l.mu.Unlock()
	if !same {
		l.provider.Show(w.Pays, w.Receives, wad(w))
	}
}

func equal(a, b command.AppWallet) bool {
	if a.Fiat != nil && b.Fiat != nil && *a.Fiat == *b.Fiat {
		a.Fiat = b.Fiat
	}
	return a == b
}

// wad is what an app may spend, as it shall be said.
func wad(w command.AppWallet) moneysocket.Wad {
	m := max(0, w.Amount)
	if f := w.Fiat; f != nil {
		return moneysocket.Fiat(m, json.Number(f.Units), f.Code, f.Symbol, f.Decimals)
	}
	return moneysocket.Bitcoin(m)
}

// bring hands news to the provider, once: until the desk knows that the app
// has them, it goes on naming them.
func (l *link) bring(a command.AppAnswer) {
	x := parcelOf(a)
	if x.answer.Later() {
		return
	}
	l.mu.Lock()
	_, under := l.news[x]
	if under || len(l.news) >= mostNews {
		l.mu.Unlock()
		return
	}
	if l.news == nil {
		l.news = map[parcel]*errand{}
	}
	l.news[x] = &errand{news: a}
	l.mu.Unlock()
	if a.Incoming {
		l.provider.Received(a.Preimage)
	} else {
		l.provider.Answer(l.way.Seed.Rendezvous(), a.Key, x.answer)
	}
}

// parcelOf is what the provider makes of news: a payment that came in refers to
// no request.
func parcelOf(a command.AppAnswer) parcel {
	if a.Incoming {
		a.Key = ""
	}
	return parcel{a.Key, said(a)}
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
		l.door.Ring()
	}
}

// told lists the news that went out and that the desk thinks are still to come.
func (l *link) told() (all []command.AppAnswer) {
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
func (l *link) forget(a command.AppAnswer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.news, parcelOf(a))
}
