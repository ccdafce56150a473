package lime

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// CommandHandler answers a request with a resource, nil for none. A *[Reason]
// is answered as it is; any other error is logged, and its text kept back.
type CommandHandler func(ctx context.Context, r *Request) (Document, error)

// MessageHandler takes a message. At a server, nil tells the sender that it
// was consumed, ErrLater nothing yet, and any other error that it failed. What
// a session sends is handled in its order: commands that come behind a message
// wait for its handler.
type MessageHandler func(ctx context.Context, c *Channel, m *Message) error

// NotificationHandler hears what became of a message that was sent.
type NotificationHandler func(ctx context.Context, c *Channel, n *Notification)

// ErrLater says that a handler took a message and will call Channel.Notify
// with Consumed, or Channel.Refuse, when the work is done.
var ErrLater = errors.New("lime: later")

// Request is a command for a handler.
type Request struct {
	*Command
	Channel *Channel
	Owner   Identity // whose resource it is; at a client that of the URI
	Path    string
	Query   url.Values

	vars  map[string]string
	after func() // when the response was sent
}

// Var is what stands in the path in the place of {name}.
func (r *Request) Var(name string) string { return r.vars[name] }

// Page reads which part of a list is wanted, as $skip and $take or without the
// dollar. Without take, it is most.
func (r *Request) Page(most int) (skip, take int, err error) {
	if skip, err = r.number("skip", 0); err == nil {
		take, err = r.number("take", most)
	}
	return skip, min(take, most), err
}

func (r *Request) number(name string, otherwise int) (int, error) {
	text := r.Query.Get("$" + name)
	if text == "" {
		text = r.Query.Get(name)
	}
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, Errorf(InvalidArgument, "%s is not a number", name)
	}
	return n, nil
}

// Mux knows who handles what. It is filled before it is used.
type Mux struct {
	exact    map[string]map[Method]*route
	patterns []*pattern
	messages map[MediaType]*messages
	notified NotificationHandler
}

type route struct {
	handle          CommandHandler
	guests, anybody bool
	observable      bool // Subscribe and Unsubscribe
}

type pattern struct {
	parts   []string // in lower case; {name} for any
	methods map[Method]*route
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

// NewMux makes a Mux that handles nothing.
func NewMux() *Mux {
	return &Mux{exact: map[string]map[Method]*route{}, messages: map[MediaType]*messages{}}
}

// Handle sets who answers a method on a path, in which /{name}/ stands for any
// part. Paths are compared without regard to case.
func (m *Mux) Handle(method Method, path string, h CommandHandler, options ...Access) {
	r := &route{handle: h}
	for _, o := range options {
		o(r)
	}
	m.methods(path)[method] = r
}

// Observable lets sessions subscribe to a path, if may says nothing against
// it; nil lets all whose resource it is. Server.Observe tells them.
func (m *Mux) Observable(path string, may func(ctx context.Context, r *Request) error, options ...Access) {
	for _, method := range []Method{Subscribe, Unsubscribe} {
		m.Handle(method, path, func(ctx context.Context, r *Request) (Document, error) {
			if may == nil || r.Method == Unsubscribe {
				return nil, nil
			}
			return nil, may(ctx, r)
		}, options...)
		m.methods(path)[method].observable = true
	}
}

// methods is the table of a path, which is made if it is not there.
func (m *Mux) methods(path string) map[Method]*route {
	path = strings.ToLower(path)
	if !strings.Contains(path, "{") {
		if m.exact[path] == nil {
			m.exact[path] = map[Method]*route{}
		}
		return m.exact[path]
	}
	for _, p := range m.patterns {
		if strings.Join(p.parts, "/") == path {
			return p.methods
		}
	}
	p := &pattern{strings.Split(path, "/"), map[Method]*route{}}
	m.patterns = append(m.patterns, p)
	return p.methods
}

// Messages sets who takes messages of a media type; "" is all others.
func (m *Mux) Messages(t MediaType, h MessageHandler, options ...Access) {
	var r route
	for _, o := range options {
		o(&r)
	}
	m.messages[t] = &messages{h, r.guests}
}

// Notifications sets who hears of notifications.
func (m *Mux) Notifications(h NotificationHandler) { m.notified = h }

// find returns the routes of a path and what stands for its variables; nil
// methods mean that there is no such path.
func (m *Mux) find(path string) (methods map[Method]*route, vars map[string]string) {
	lower := path
	for i := range len(path) {
		if c := path[i]; 'A' <= c && c <= 'Z' || c >= 0x80 {
			lower = strings.ToLower(path)
			break
		}
	}
	if methods = m.exact[lower]; methods != nil {
		return methods, nil
	}
	if len(m.patterns) == 0 {
		return nil, nil
	}
	parts := strings.Split(path, "/")
	for _, p := range m.patterns {
		if vars, ok := p.match(parts); ok {
			return p.methods, vars
		}
	}
	return nil, nil
}

func (p *pattern) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(p.parts) {
		return nil, false
	}
	vars := map[string]string{}
	for i, want := range p.parts {
		if name, is := strings.CutPrefix(want, "{"); is && parts[i] != "" {
			vars[strings.TrimSuffix(name, "}")] = parts[i]
		} else if !strings.EqualFold(want, parts[i]) {
			return nil, false
		}
	}
	return vars, true
}

// route returns who answers a request, from the first of some Muxes that has
// it. A path that none knows is NotFound, a method MethodNotSupported.
func findRoute(r *Request, all ...*Mux) (*route, error) {
	known := false
	for _, m := range all {
		methods, vars := m.find(r.Path)
		if found := methods[r.Method]; found != nil {
			r.vars = vars
			return found, nil
		}
		known = known || methods != nil
	}
	if known {
		return nil, Errorf(MethodNotSupported, "%s is not possible here", r.Method)
	}
	return nil, Errorf(NotFound, "there is no such resource")
}

// message gives a message to whom it is for.
func (m *Mux) message(ctx context.Context, c *Channel, msg *Message) error {
	h := m.messages[msg.Content.MediaType()]
	if h == nil {
		h = m.messages[""]
	}
	switch {
	case h == nil:
		return Errorf(UnsupportedContent, "nobody here reads %s", msg.Content.MediaType())
	case c.role == Visitor && !h.guests:
		return Errorf(Authorization, "guests may not do this")
	}
	return h.handle(ctx, c, msg)
}
