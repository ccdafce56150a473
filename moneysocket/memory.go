package moneysocket

import (
	"context"
	"crypto/sha256"
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
	msats  Msat
	bolt11 [32]byte // its SHA256: the text may be long, and is the stranger's
	answer Answer
}

func newAsked(m Message) *asked {
	return &asked{name: m.Name, msats: m.Msats, bolt11: sha256.Sum256([]byte(m.Bolt11))}
}

func (a asked) same(m Message) bool {
	b := newAsked(m)
	return a.name == b.name && a.msats == b.msats && a.bolt11 == b.bolt11
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
		p.Forget(link, m.UUID)
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
	fresh := p.seen.put(key, newAsked(m))
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

// Forget lets a request be handed over again that is repeated with the same
// UUID. It is for requests that nobody could say anything about: return the
// zero Answer then, and the app may ask again.
func (p *Provider) Forget(link RendezvousID, uuid string) {
	p.init()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.drop(memoryKey(link, uuid))
}
