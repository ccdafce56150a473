package moneysocket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// maxPings is how many pings may be without an answer. They are counted for
// round trips only: a provider that pays may be busy for a minute.
const maxPings = 8

// serve is a consumer's part of a session (states C-1, ASKING and READY).
func (c *Consumer) serve(ctx context.Context, s *session) error {
	if err := s.send(ctx, NewRequest(RequestProvider)); err != nil {
		return err
	}
	var tick <-chan time.Time
	if c.Ping >= 0 {
		every := c.Ping
		if every == 0 {
			every = 30 * time.Second
		}
		t := time.NewTicker(every)
		defer t.Stop()
		tick = t.C
	}
	hinted := false
	var requests chan *call // nil until the provider has shown itself
	for {
		select {
		case m := <-s.in:
			if m.Name == NotifyProvider {
				if c.show(m); requests == nil {
					requests = c.requests
					s.event(Event{State: Ready})
				}
			}
			if err := c.hear(ctx, s, m, requests != nil); err != nil {
				return err
			}
			if m.Name == RequestProvider && !hinted {
				hinted = true
				s.event(Event{State: Joined, Hint: SameRole})
			}
		case k := <-requests:
			c.mu.Lock()
			c.calls[canonical(k.ask.UUID)] = k
			c.mu.Unlock()
			if err := s.send(ctx, k.ask); err != nil {
				return err // it may have gone out: the call goes on waiting
			}
		case <-tick:
			if requests == nil {
				continue
			}
			if err := c.ping(ctx, s); err != nil {
				return err
			}
		case err := <-s.lost:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Consumer) ping(ctx context.Context, s *session) error {
	m := NewRequest(RequestPing)
	if len(c.pings) >= maxPings {
		clear(c.pings)
	}
	c.pings[canonical(m.UUID)] = time.Now()
	return s.send(ctx, m)
}

// show keeps what the provider shows. Any NOTIFY_PROVIDER is an update,
// whatever it refers to.
func (c *Consumer) show(m Message) {
	info := Info{Account: m.Account, Payer: m.Payer, Payee: m.Payee, Wad: Bitcoin(0)}
	if m.Wad != nil {
		info.Wad = *m.Wad
	}
	c.mu.Lock()
	c.info = &info
	close(c.fresh)
	c.fresh = make(chan struct{})
	c.mu.Unlock()
	if c.OnInfo != nil {
		c.OnInfo(info)
	}
}

// hear takes what the other side said.
func (c *Consumer) hear(ctx context.Context, s *session, m Message, ready bool) error {
	switch {
	case m.Name == RequestPing:
		return s.send(ctx, NewNotification(NotifyPong, m.UUID))
	case m.Name == NotifyPong:
		if sent, ok := c.pings[canonical(m.Ref)]; ok {
			delete(c.pings, canonical(m.Ref))
			if c.OnPong != nil {
				c.OnPong(time.Since(sent))
			}
		}
	case !ready: // answers before the wallet are none
	case m.Name == NotifyInvoice:
		c.invoiced(m)
	case m.Name == NotifyPreimage:
		c.paid(m)
	case m.Name == NotifyError:
		if k := c.waiting(m.Ref); k != nil {
			k.end(answer{err: &Refused{m.Error}})
		} else if c.OnError != nil {
			c.OnError(Refused{m.Error})
		}
	}
	return nil
}

// waiting returns the call that a notification refers to.
func (c *Consumer) waiting(ref string) *call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[canonical(ref)]
}

// end gives a call its answer; the first counts.
func (k *call) end(a answer) {
	select {
	case k.done <- a:
	default:
	}
}

func (c *Consumer) invoiced(m Message) {
	k := c.waiting(m.Ref)
	if k == nil || k.ask.Name != RequestInvoice {
		if c.OnInvoice != nil {
			c.OnInvoice(m.Bolt11) // of another app of the same account
		}
		return
	}
	i, err := ParseInvoice(m.Bolt11)
	switch {
	case err != nil:
		k.end(answer{err: fmt.Errorf("%w: %w", ErrWrong, err)})
		return
	case i.Amount != k.ask.Msats:
		k.end(answer{err: fmt.Errorf("%w: an invoice of %d msat instead of %d", ErrWrong, i.Amount, k.ask.Msats)})
		return
	}
	c.mu.Lock()
	fresh := c.mine.put(i.Hash, &Payment{Bolt11: m.Bolt11, Hash: i.Hash, Msats: i.Amount})
	c.mu.Unlock()
	if !fresh {
		k.end(answer{err: fmt.Errorf("%w: an invoice that was given before", ErrWrong)})
		return
	}
	k.end(answer{Bolt11: m.Bolt11})
}

// paid takes a preimage. What it is of is told by its hash, because its
// reference may be of another session or none; what fits nothing is ignored.
func (c *Consumer) paid(m Message) {
	text := strings.ToLower(m.Preimage)
	p := Proof{Preimage: text, Ref: m.Ref}
	if m.Ext != nil {
		p.Ext = *m.Ext
	}
	if c.OnPreimage != nil {
		c.OnPreimage(p)
	}
	b, _ := hex.DecodeString(text) // 64 digits, or it were no message
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	c.mu.Lock()
	for _, k := range c.calls {
		if k.hash == hash {
			k.end(answer{Proof: p})
		}
	}
	own := c.mine.at[hash]
	first := own != nil && own.Preimage == ""
	if first {
		own.Preimage = text
	}
	c.mu.Unlock()
	if first && c.OnReceived != nil {
		c.OnReceived(*own)
	}
}
