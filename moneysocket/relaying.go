package moneysocket

import (
	"context"
	"time"
)

// listen takes the frames of a party until it errs.
func (r *Relay) listen(ctx context.Context, p *party) error {
	pace := r.limits.pace()
	if p.home {
		pace = Limits{Rate: -1}.pace() // whom we answer is slowed down already
	}
	asked := func() bool { return false }
	if r.limits.First > 0 {
		asked = time.AfterFunc(r.limits.First, func() { drop(p.conn) }).Stop
	}
	defer asked()
	for {
		frame, err := p.conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := pace.Wait(ctx); err != nil {
			return err
		}
		if peer := r.other(p); peer != nil && !isText(frame) {
			if peer.conn.Write(ctx, frame) != nil {
				drop(peer.conn) // it takes nothing more; its own end tells p
			}
			continue
		}
		if err := aside(func() error { return r.hear(ctx, p, frame) }); err != nil {
			return err
		}
		if p.id != "" {
			asked()
		}
	}
}

// hear takes a frame that is not to be passed on: the request for the
// rendezvous, or what has no place here. Clear messages are not passed on,
// because nobody honest sends any once he has joined.
func (r *Relay) hear(ctx context.Context, p *party, frame []byte) error {
	var m Message
	err := aside(func() (err error) { m, err = ParseMessage(frame); return err })
	switch {
	case err != nil && p.id == "":
		// The first frame tells who speaks something else altogether.
		if len(frame) > 0 && frame[0] == 0 {
			return errDraft
		}
		return errForm
	case err != nil || m.Name != RequestRendezvous:
		return nil // of no use to anybody, and does no harm
	}
	peer, err := r.arrive(p, m.Rendezvous, m.UUID)
	switch {
	case err != nil:
		return err
	case peer == nil:
		return p.tell(ctx, NotifyRendezvousNotReady)
	}
	if err := p.tell(ctx, NotifyRendezvous); err != nil {
		return err
	}
	return peer.tell(ctx, NotifyRendezvous)
}

// tell sends a party a word about its rendezvous.
func (p *party) tell(ctx context.Context, n Name) error {
	m := NewNotification(n, p.ask)
	m.Rendezvous = p.id
	return p.conn.Write(ctx, m.Text())
}
