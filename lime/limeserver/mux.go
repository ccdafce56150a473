package limeserver

import (
	"context"
	"errors"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/paths"
)

// CommandHandler answers a request with a resource, nil for none. A *[Reason]
// is answered as it is; any other error is logged, and its text kept back.
type CommandHandler func(ctx context.Context, r *Request) (lime.Document, error)

// MessageHandler takes a message. At a server, nil tells the sender that it
// was consumed, ErrLater nothing yet, and any other error that it failed. What
// a session sends is handled in its order: commands that come behind a message
// wait for its handler.
type MessageHandler func(ctx context.Context, c *Channel, m *lime.Message) error

// NotificationHandler hears what became of a message that was sent.
type NotificationHandler func(ctx context.Context, c *Channel, n *lime.Notification)

// ErrLater says that a handler took a message and will call Channel.Notify
// with Consumed, or Channel.Refuse, when the work is done.
var ErrLater = errors.New("lime: later")

// Mux knows who handles what. It is filled before it is used.
type Mux struct {
	commands paths.Table[*route]
	messages map[lime.MediaType]*messages
	notified NotificationHandler
}

type route struct {
	handle          CommandHandler
	guests, anybody bool
	observable      bool // Subscribe and Unsubscribe
}

type messages struct {
	handle MessageHandler
	guests bool
}

// Access changes who may use what is handled.
type Access func(*route)

// ForGuests lets guests use it, too.
func ForGuests() Access { return func(r *route) { r.guests = true } }

// ForAnybody lets anybody use it on resources of others: the handler decides.
// Without it, another's resource needs a delegation.
func ForAnybody() Access { return func(r *route) { r.anybody = true } }

// NewMux makes a Mux that handles nothing but what every server answers: /ping,
// /presence, /receipt, /capability, /quota and /delegations.
func NewMux() *Mux { return &Mux{messages: map[lime.MediaType]*messages{}} }

// Handle sets who answers a method on a path, in which /{name}/ stands for any
// part. Paths are compared without regard to case.
func (m *Mux) Handle(method lime.Method, path string, h CommandHandler, options ...Access) {
	m.handle(method, path, h, options)
}

func (m *Mux) handle(method lime.Method, path string, h CommandHandler, options []Access) *route {
	r := &route{handle: h}
	for _, o := range options {
		o(r)
	}
	m.commands.Set(method, path, r)
	return r
}

// Observable lets sessions subscribe to a path, if may says nothing against
// it; nil lets all whose resource it is. Server.Observe tells them.
func (m *Mux) Observable(path string, may func(ctx context.Context, r *Request) error, options ...Access) {
	for _, method := range []lime.Method{lime.Subscribe, lime.Unsubscribe} {
		m.handle(method, path, func(ctx context.Context, r *Request) (lime.Document, error) {
			if may == nil || r.Method == lime.Unsubscribe {
				return nil, nil
			}
			return nil, may(ctx, r)
		}, options).observable = true
	}
}

// Messages sets who takes messages of a media type; "" is all others.
func (m *Mux) Messages(t lime.MediaType, h MessageHandler, options ...Access) {
	var r route
	for _, o := range options {
		o(&r)
	}
	m.messages[t] = &messages{h, r.guests}
}

// Notifications sets who hears of notifications.
func (m *Mux) Notifications(h NotificationHandler) { m.notified = h }

// message gives a message to whom it is for.
func (m *Mux) message(ctx context.Context, c *Channel, msg *lime.Message) error {
	h := m.messages[msg.Content.MediaType()]
	if h == nil {
		h = m.messages[""]
	}
	switch {
	case h == nil:
		return lime.Errorf(lime.UnsupportedContent, "nobody here reads %s", msg.Content.MediaType())
	case c.role == Visitor && !h.guests:
		return lime.Errorf(lime.Authorization, "guests may not do this")
	}
	return h.handle(ctx, c, msg)
}
