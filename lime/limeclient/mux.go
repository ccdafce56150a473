package limeclient

import (
	"context"
	"errors"
	"net/url"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/internal/paths"
)

// CommandHandler answers a request of the server with a resource, nil for none. A
// *[lime.Reason] is answered as it is; any other error is logged, and its text kept
// back. Observe commands have no response: what the handler of one returns is dropped.
type CommandHandler func(ctx context.Context, r *Request) (lime.Document, error)

// MessageHandler takes a message. With [Dialer.Receipts], nil tells its sender that it
// was consumed, ErrLater nothing yet, and any other error that it failed. Messages are
// handled in their order: commands that come behind one wait for its handler.
type MessageHandler func(ctx context.Context, c *Channel, m *lime.Message) error

// NotificationHandler hears what became of a message that was sent.
type NotificationHandler func(ctx context.Context, c *Channel, n *lime.Notification)

// ErrLater says that a handler took a message and will call Channel.Notify
// with Consumed, or Channel.Refuse, when the work is done.
var ErrLater = errors.New("lime: later")

// Request is a command of the server for a handler.
type Request struct {
	*lime.Command
	Channel *Channel
	Owner   lime.Identity // whose resource it is: that of the URI, or our own
	Path    string
	Query   url.Values

	vars map[string]string
}

// Var is what stands in the path in the place of {name}.
func (r *Request) Var(name string) string { return r.vars[name] }

// Mux knows who handles what a server sends unasked. It is filled before it is used.
type Mux struct {
	commands paths.Table[CommandHandler]
	messages map[lime.MediaType]MessageHandler
	notified NotificationHandler
}

// NewMux makes a Mux that handles nothing but pings.
func NewMux() *Mux { return &Mux{messages: map[lime.MediaType]MessageHandler{}} }

// Handle sets who answers a method on a path, in which /{name}/ stands for any
// part. Paths are compared without regard to case. Whoever subscribed to a resource
// hears of it by the method observe.
func (m *Mux) Handle(method lime.Method, path string, h CommandHandler) {
	m.commands.Set(method, path, h)
}

// Messages sets who takes messages of a media type; "" is all others.
func (m *Mux) Messages(t lime.MediaType, h MessageHandler) { m.messages[t] = h }

// Notifications sets who hears of notifications.
func (m *Mux) Notifications(h NotificationHandler) { m.notified = h }

// message gives a message to whom it is for.
func (m *Mux) message(ctx context.Context, c *Channel, msg *lime.Message) error {
	h := m.messages[msg.Content.MediaType()]
	if h == nil {
		h = m.messages[""]
	}
	if h == nil {
		return lime.Errorf(lime.UnsupportedContent, "nobody here reads %s", msg.Content.MediaType())
	}
	return h(ctx, c, msg)
}
