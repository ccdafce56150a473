package moneysocket

import (
	"context"
	"errors"
	"time"
)

// silence is after how long without a word the other side is probably a
// provider as well.
const silence = 10 * time.Second

// errMute is somebody who joined and said nothing.
var errMute = errors.New("the other side says nothing")

// serving is a provider's part of one session (states WAIT, PENDING, READY).
type serving struct {
	*session
	p     *Provider
	box   *box
	asked string // the REQUEST_PROVIDER that waits, "" for none
	ready bool
	seen  int // edition of the wallet that was shown last
	next  *time.Timer
	last  time.Time // when it was shown

	hinted bool
}

func (p *Provider) serve(ctx context.Context, s *session, b *box) error {
	v := &serving{session: s, p: p, box: b, next: time.NewTimer(time.Hour)}
	defer v.next.Stop()
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	var mute <-chan time.Time
	if p.Mute > 0 {
		t := time.NewTimer(p.Mute)
		defer t.Stop()
		mute = t.C
	}
	for {
		var err error
		select {
		case m := <-s.in:
			quiet.Stop()
			mute = nil
			err = v.hear(ctx, m)
		case <-b.bell:
			err = v.news(ctx)
		case <-v.next.C:
			err = v.news(ctx)
		case <-quiet.C:
			v.hint()
		case <-mute:
			err = errMute
		case err = <-s.lost:
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

func (v *serving) hear(ctx context.Context, m Message) error {
	switch m.Name {
	case RequestPing:
		return v.send(ctx, NewNotification(NotifyPong, m.UUID))
	case RequestProvider:
		if v.p.shown() == nil {
			v.asked = m.UUID
			return v.send(ctx, NewNotification(NotifyProviderNotReady, m.UUID))
		}
		return v.show(ctx, m.UUID)
	case RequestInvoice, RequestPay:
		if v.ready { // before that it is dropped, as by all others
			v.p.take(ctx, v, m)
		}
	case NotifyProvider, NotifyProviderNotReady:
		v.hint()
	}
	return nil
}

// hint says, once, that the other side is probably a provider as well.
func (v *serving) hint() {
	if !v.hinted {
		v.hinted = true
		v.event(Event{State: Joined, Hint: SameRole})
	}
}

// show sends the wallet, as the answer to ref or to nothing. The first time
// makes the session ready; what waited for that goes out.
func (v *serving) show(ctx context.Context, ref string) error {
	w := v.p.shown()
	m := NewNotification(NotifyProvider, ref)
	m.Account, m.Payer, m.Payee, m.Wad = w.Account, w.Payer, w.Payee, &w.Wad
	if err := v.send(ctx, m); err != nil {
		return err
	}
	v.seen, v.last, v.asked = w.edition, time.Now(), ""
	if v.ready {
		return nil
	}
	v.ready = true
	v.event(Event{State: Ready})
	return v.news(ctx)
}

// news sends what is new: answers, then the wallet if it has changed, at once
// after a payment and at the pace otherwise.
func (v *serving) news(ctx context.Context) error {
	if !v.ready {
		if v.asked != "" && v.p.shown() != nil {
			return v.show(ctx, v.asked)
		}
		return nil
	}
	paid := false
	for {
		x, ok := v.p.first(v.box)
		if !ok {
			break
		}
		if err := v.send(ctx, x.message()); err != nil {
			return err
		}
		v.p.sent(v.box, x)
		if v.p.OnSent != nil {
			v.p.OnSent(v.link, x.ref, x.answer)
		}
		paid = paid || x.answer.Preimage != ""
	}
	if v.p.shown().edition == v.seen {
		return nil
	}
	if wait := v.p.Pace - time.Since(v.last); wait > 0 && !paid {
		v.next.Reset(wait)
		return nil
	}
	return v.show(ctx, "")
}
