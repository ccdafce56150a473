package moneysocket

import (
	"context"
	"encoding/json"
	"time"
)

// What a provider says by itself, in the free text that apps show to people.
const (
	sayBusy    = "too many requests at once, try again later"
	sayReused  = "the request_uuid was used for another request"
	sayInvoice = "the invoice cannot be read"
	sayNot     = "the wallet does not do that"
)

// asked is a request that came, and its answer if there is one.
type asked struct {
	name   Name
	msats  int64
	bolt11 string
	answer Answer
}

func (a asked) same(m Message) bool {
	return a.name == m.Name && a.msats == int64(m.Msats) && a.bolt11 == m.Bolt11
}

func memoryKey(link RendezvousID, uuid string) string { return string(link) + canonical(uuid) }

// take hands a request to the program, once.
func (p *Provider) take(ctx context.Context, v *serving, m Message) {
	link := v.link
	if off := time.Since(m.Time); p.Window > 0 && off.Abs() > p.Window {
		v.log.Warn("moneysocket: a request of another time is dropped", "name", m.Name, "off", off)
		return
	}
	say := func(text string) { p.post(link, parcel{m.UUID, Answer{Error: text}}) }
	r := Request{Link: link, UUID: m.UUID, Time: m.Time, Msats: m.Msats, Bolt11: m.Bolt11, Extra: m.Extra}
	do := p.Invoice
	if m.Name == RequestPay {
		var err error
		if r.Invoice, err = ParseInvoice(m.Bolt11); err != nil {
			say(sayInvoice)
			return
		}
		do = p.Pay
	} else {
		_ = json.Unmarshal(m.Extra["description"], &r.Description)
	}
	if do == nil {
		say(sayNot)
		return
	}
	if !p.isNew(link, m) {
		return
	}
	select {
	case p.slots <- struct{}{}:
	default:
		p.forget(link, m)
		say(sayBusy)
		return
	}
	p.work.Go(func() {
		defer func() { <-p.slots }()
		p.Answer(link, m.UUID, do(ctx, r))
	})
}

// isNew remembers a request. Of one that it knows it repeats the answer, if
// there is one yet.
func (p *Provider) isNew(link RendezvousID, m Message) bool {
	if p.Remember < 0 {
		return true
	}
	p.mu.Lock()
	key := memoryKey(link, m.UUID)
	fresh := p.seen.put(key, &asked{name: m.Name, msats: int64(m.Msats), bolt11: m.Bolt11})
	was := *p.seen.at[key]
	p.mu.Unlock()
	switch {
	case fresh:
	case !was.same(m):
		p.post(link, parcel{m.UUID, Answer{Error: sayReused}})
	case !was.answer.Later():
		p.post(link, parcel{m.UUID, was.answer})
	}
	return fresh
}

// forget lets a request be made again that was never handed over.
func (p *Provider) forget(link RendezvousID, m Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.seen.at, memoryKey(link, m.UUID))
}
