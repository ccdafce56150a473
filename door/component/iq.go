package component

import (
	"context"
	"encoding/xml"
)

// answerIQ answers a get or a set: always once, whatever it holds (RFC 6120
// §8.2.3).
func (c *Component) answerIQ(ctx context.Context, q *Stanza) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timing.Ask)
	defer cancel()

	answer, err := c.serve(ctx, q)
	if err != nil {
		_ = c.send(ctx, c.failure(ctx, q, err))
	} else {
		_ = c.send(ctx, c.reply(q, "result").Add(answer))
	}
	for _, f := range q.then {
		f(ctx)
	}
}

// serve finds the service for q and asks it.
func (c *Component) serve(ctx context.Context, q *Stanza) (answer Answer, err error) {
	defer c.panicAsError("service", &err)
	if (q.Type != "get" && q.Type != "set") || q.ID == "" || len(q.Children) != 1 {
		return nil, errBadRequest
	}
	s, found := c.services[xml.Name{Space: q.Children[0].Name.Space, Local: q.Children[0].Name.Local}]
	ask := s.Get
	if q.Type == "set" {
		ask = s.Set
	}
	if !found || ask == nil {
		return nil, errUnavailable
	}
	return ask(ctx, c, q)
}

// reply begins a stanza of q's kind back to who sent it.
func (c *Component) reply(q *Stanza, kind string) *Element {
	from := q.To
	if from == "" {
		from = c.cfg.Domain
	}
	return El("", q.Kind).With("type", kind).With("from", from).With("to", q.From).With("id", q.ID)
}

// answerRefused answers what the wire would not let through.
func (c *Component) answerRefused(ctx context.Context, q *Stanza) {
	if q.Kind == "presence" || ours(q.From, c.cfg.Domain) {
		return
	}
	_ = c.send(ctx, c.stanzaError(q, errNotAcceptable))
}
