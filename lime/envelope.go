package lime

// Header is what every envelope has.
type Header struct {
	ID       string            // of a message: without it nobody is told what became of it
	From     Node              // zero: the other end of the session
	To       Node              // zero: the other end of the session
	PP       Node              // per procurationem: who really sent it, in the name of From
	Metadata map[string]string // never changes what an envelope does
}

// Envelope is a *[Message], *[Notification], *[Command] or *[Session].
type Envelope interface{ Head() *Header }

func (h *Header) Head() *Header { return h }

// sender is to whom answers go: PP if there is one, else From.
func (h *Header) Sender() Node {
	if !h.PP.IsZero() {
		return h.PP
	}
	return h.From
}

// Message carries content from one node to another.
type Message struct {
	Header
	Content Document
}

// Event is what became of a message.
type Event string

// Events in the order of a message's life. Consumed and Failed are final.
const (
	Accepted   Event = "accepted"   // an intermediate took it
	Dispatched Event = "dispatched" // an intermediate sent it on
	Received   Event = "received"   // its destination has it
	Consumed   Event = "consumed"   // it was read, or done
	Failed     Event = "failed"
)

// Events that others send; read as they are, never sent.
const (
	Validated  Event = "validated"
	Authorized Event = "authorized"
	Deleted    Event = "deleted"
)

// Notification tells what became of the message with the same id.
type Notification struct {
	Header
	Event  Event
	Reason *Reason // of Failed
}

// Method is what a command wants.
type Method string

// The seven methods.
const (
	Get         Method = "get"
	Set         Method = "set"         // create or replace
	Merge       Method = "merge"       // change a part, create if absent
	Delete      Method = "delete"      //
	Subscribe   Method = "subscribe"   // ask for Observe commands on a resource
	Unsubscribe Method = "unsubscribe" //
	Observe     Method = "observe"     // "it changed": has no response
)

// Methods lists them all.
var Methods = []Method{Get, Set, Merge, Delete, Subscribe, Unsubscribe, Observe}

// Status is the outcome of a command.
type Status string

// Success and Failure are responses. Pending is a request, said at length.
const (
	Success Status = "success"
	Failure Status = "failure"
	Pending Status = "pending"
)

// Command is a request for a resource or, with a status, the response to one.
// A response has no URI.
type Command struct {
	Header
	Method   Method
	URI      URI
	Resource Document // nil: none
	Status   Status
	Reason   *Reason // of Failure
}

// IsResponse reports whether c answers a request.
func (c *Command) IsResponse() bool { return c.Status != "" && c.Status != Pending }

// State is where a session is.
type State string

// States of a session, in order.
const (
	StateNew            State = "new"
	StateNegotiating    State = "negotiating"
	StateAuthenticating State = "authenticating"
	StateEstablished    State = "established"
	StateFinishing      State = "finishing"
	StateFinished       State = "finished"
	StateFailed         State = "failed"
)

// Encryption of a transport.
type Encryption string

// What a transport may be encrypted with.
const (
	NoEncryption Encryption = "none"
	TLS          Encryption = "tls"
)

// Compression of a transport. Nobody offers any but none.
type Compression string

// NoCompression is the only one that is in use.
const NoCompression Compression = "none"

// Session establishes and ends a session.
type Session struct {
	Header
	State              State
	EncryptionOptions  []Encryption
	Encryption         Encryption
	CompressionOptions []Compression
	Compression        Compression
	SchemeOptions      []Scheme
	Scheme             Scheme
	Authentication     *Authentication
	Reason             *Reason // of StateFailed
}
