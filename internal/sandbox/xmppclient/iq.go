package xmppclient

import (
	"context"
	"fmt"
	"strings"
)

// request is an IQ whose answer is awaited.
type request struct {
	to     string
	answer chan *Element
}

// IQ sends a request and waits for its answer, which is an *IQError if it says
// error. The empty to is the own account.
func (c *Client) IQ(ctx context.Context, to, kind, payload string) (*Element, error) {
	id := c.ID()
	answer := make(chan *Element, 1)
	c.mu.Lock()
	c.waiting[id] = request{to, answer}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
	}()
	if to != "" {
		to = " to='" + Escape(to) + "'"
	}
	if err := c.SendRaw(fmt.Sprintf("<iq id='%s' type='%s'%s>%s</iq>", id, Escape(kind), to, payload)); err != nil {
		return nil, err
	}
	var e *Element
	select {
	case e = <-answer:
	case <-c.ended:
		select {
		case e = <-answer: // it came first
		default:
			return nil, c.inbox.reason()
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("iq %s to %s: %w", id, to, ctx.Err())
	}
	if e.Attribute("type") == "error" {
		return e, &IQError{e}
	}
	return e, nil
}

// IQError is the answer to a request that was refused.
type IQError struct{ Stanza *Element }

// Condition is the name of the error (RFC 6120 section 8.3.3), such as
// "item-not-found".
func (e *IQError) Condition() string { return Stanza{e.Stanza}.Condition() }

func (e *IQError) Error() string { return "refused: " + e.Condition() }

// answered hands an answer to the IQ that waits for it.
func (c *Client) answered(s Stanza) bool {
	if s.Type() != "result" && s.Type() != "error" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	waiting, ok := c.waiting[s.ID()]
	if !ok || waiting.to != "" && !strings.EqualFold(waiting.to, s.From()) {
		return false
	}
	delete(c.waiting, s.ID())
	waiting.answer <- s.Element
	return true
}
