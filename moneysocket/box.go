package moneysocket

// maxParcels is how many answers wait for a link that is away. The oldest are
// given up: they are the least likely to be still waited for.
const maxParcels = 256

// parcel is an answer on its way to a link; ref is the request's UUID, "" for
// an incoming payment.
type parcel struct {
	ref    string
	answer Answer
}

// box has what waits for a link. The provider's lock guards it.
type box struct {
	parcels []parcel
	bell    chan struct{}
}

// ring wakes the session of the link, if there is one.
func (b *box) ring() {
	select {
	case b.bell <- struct{}{}:
	default:
	}
}

func (b *box) put(x parcel) {
	if len(b.parcels) >= maxParcels {
		b.parcels = b.parcels[1:]
	}
	b.parcels = append(b.parcels, x)
	b.ring()
}

// open returns the box of a link, a new one if it has none.
func (p *Provider) open(link RendezvousID) *box {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.boxes[link]
	if b == nil {
		b = &box{bell: make(chan struct{}, 1)}
		p.boxes[link] = b
		for _, x := range p.early {
			b.put(x)
		}
	}
	return b
}

// post puts a parcel into the box of a link, or of all.
func (p *Provider) post(link RendezvousID, x parcel) {
	p.init()
	if link != "" {
		b := p.open(link)
		p.mu.Lock()
		defer p.mu.Unlock()
		b.put(x)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.boxes {
		b.put(x)
	}
	if len(p.boxes) == 0 && len(p.early) < maxParcels {
		p.early = append(p.early, x)
	}
}

// first is the oldest parcel of a box. It stays there until it was sent.
func (p *Provider) first(b *box) (parcel, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(b.parcels) == 0 {
		return parcel{}, false
	}
	return b.parcels[0], true
}

// sent takes the oldest parcel away, if it still is x.
func (p *Provider) sent(b *box, x parcel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(b.parcels) > 0 && b.parcels[0] == x {
		b.parcels = b.parcels[1:]
	}
}

// message is the notification that carries a parcel.
func (x parcel) message() Message {
	switch a := x.answer; {
	case a.Bolt11 != "":
		m := NewNotification(NotifyInvoice, x.ref)
		m.Bolt11 = a.Bolt11
		return m
	case a.Preimage != "":
		m := NewNotification(NotifyPreimage, x.ref)
		m.Preimage = a.Preimage
		if a.Ext != "" {
			m.Ext = &a.Ext
		}
		return m
	default:
		m := NewNotification(NotifyError, x.ref)
		m.Error = a.Error
		return m
	}
}
