package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeclient"
)

// limeSend sends a text and prints what comes until it was read, or failed.
func limeSend(ctx context.Context, p *program, o limeOptions, text string) error {
	to, err := lime.ParseNode(o.to)
	if err != nil {
		return err
	}
	d, err := o.dialer()
	if err != nil {
		return err
	}
	m := &lime.Message{Header: lime.Header{ID: lime.NewID(), To: to}, Content: lime.Text(text)}
	read := make(chan error, 8)
	d.Mux.Messages("", func(_ context.Context, c *limeclient.Channel, m *lime.Message) error {
		return p.message(o, c.Remote(), m)
	})
	d.Mux.Notifications(func(_ context.Context, _ *limeclient.Channel, n *lime.Notification) {
		if n.ID != m.ID {
			return
		}
		if o.json {
			if err := p.envelope(n); err != nil {
				read <- err
			}
		}
		switch n.Event {
		case lime.Consumed:
			read <- nil
		case lime.Failed:
			if n.Reason == nil {
				n.Reason = lime.Errorf(lime.General, "the message failed")
			}
			read <- n.Reason
		}
	})
	c, err := o.open(ctx, d)
	if err != nil {
		return err
	}
	defer limeFinish(ctx, c)
	ctx, cancel := context.WithTimeout(ctx, o.wait)
	defer cancel()
	if err := limeReady(ctx, c); err != nil {
		return err
	}
	if err := c.Send(ctx, m); err != nil {
		return err
	}
	select {
	case err := <-read:
		return err
	case <-c.Done():
		return errors.Join(errors.New("the session ended"), c.Err())
	case <-ctx.Done():
		return fmt.Errorf("nobody said within %s that it was read", o.wait)
	}
}

// limeReady wants to hear of everything.
func limeReady(ctx context.Context, c *limeclient.Channel) error {
	all := lime.Receipt{Events: []lime.Event{lime.Accepted, lime.Dispatched, lime.Received, lime.Consumed, lime.Failed}}
	if _, err := c.Do(ctx, lime.Set, "/receipt", all); err != nil {
		return err
	}
	_, err := c.Do(ctx, lime.Set, "/presence", lime.Presence{Status: lime.Available, RoutingRule: lime.RouteIdentity})
	return err
}

// limeListen prints what comes until it is interrupted.
func limeListen(ctx context.Context, p *program, o limeOptions) error {
	d, err := o.dialer()
	if err != nil {
		return err
	}
	d.Receipts = true
	d.Mux.Messages("", func(_ context.Context, c *limeclient.Channel, m *lime.Message) error {
		return p.message(o, c.Remote(), m)
	})
	c, err := o.open(ctx, d)
	if err != nil {
		return err
	}
	defer limeFinish(ctx, c)
	if err := limeReady(ctx, c); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "listening as %s\n", c.Local())
	select {
	case <-ctx.Done():
		return nil
	case <-c.Done():
		return errors.Join(errors.New("the session ended"), c.Err())
	}
}

// limeFinish ends a session; the server has a few seconds.
func limeFinish(ctx context.Context, c *limeclient.Channel) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = c.Finish(ctx)
}

// limeDocument reads a document of the command line. Text need not be JSON.
func limeDocument(kind, value string) (lime.Document, error) {
	t, err := lime.ParseMediaType(kind)
	if err != nil {
		return nil, err
	}
	if !t.IsJSON() {
		return lime.OtherText{Type: t, Text: value}, nil
	}
	if !json.Valid([]byte(value)) {
		return nil, fmt.Errorf("not JSON: %s", value)
	}
	return lime.Raw{Type: t, JSON: json.RawMessage(value)}, nil
}

// message prints who said what. What has no sender is said by the other end of
// the session.
func (p *program) message(o limeOptions, remote lime.Node, m *lime.Message) error {
	if o.json {
		return p.envelope(m)
	}
	from := m.From
	if from.IsZero() {
		from = remote
	}
	if _, err := fmt.Fprintf(p.out, "%s: ", shown(from.String())); err != nil {
		return err
	}
	return p.document(m.Content)
}

// document prints text, and all else as JSON, with nothing in it that a terminal
// would obey.
func (p *program) document(d lime.Document) error {
	if text, err := lime.As[lime.Text](d); err == nil {
		_, err = fmt.Fprintln(p.out, shown(string(text)))
		return err
	}
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, shownJSON(b))
	return err
}

func (p *program) envelope(e lime.Envelope) error {
	b, err := lime.Encode(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, shownJSON(b))
	return err
}
