package lime

import (
	"slices"
	"strings"
)

// Media types of the documents by which a session is controlled.
const (
	TypePing       MediaType = "application/vnd.lime.ping+json"
	TypePresence   MediaType = "application/vnd.lime.presence+json"
	TypeReceipt    MediaType = "application/vnd.lime.receipt+json"
	TypeCapability MediaType = "application/vnd.lime.capability+json"
	TypeQuota      MediaType = "application/vnd.lime.quota+json"
	TypeDelegation MediaType = "application/vnd.lime.delegation+json"
)

// Ping is the answer to PingURI.
type Ping struct{}

// MediaType is TypePing.
func (Ping) MediaType() MediaType { return TypePing }

// Presence says whether a session wants to get what is sent to its identity.
type Presence struct {
	Status      PresenceStatus `json:"status,omitempty"`
	Message     string         `json:"message,omitempty"`
	RoutingRule RoutingRule    `json:"routingRule,omitempty"`
	Priority    int            `json:"priority,omitempty"`   // the highest is first
	RoundRobin  bool           `json:"roundRobin,omitempty"` // one of the sessions gets it, in turns
	Echo        bool           `json:"echo,omitempty"`       // a session may get what it sent itself
	LastSeen    string         `json:"lastSeen,omitempty"`
	Instances   []string       `json:"instances,omitempty"`
}

// MediaType is TypePresence.
func (Presence) MediaType() MediaType { return TypePresence }

// PresenceStatus is whether somebody is there.
type PresenceStatus string

// Only Available, Busy and Away get what is sent to the identity.
const (
	Unavailable PresenceStatus = "unavailable"
	Available   PresenceStatus = "available"
	Busy        PresenceStatus = "busy"
	Away        PresenceStatus = "away"
	Invisible   PresenceStatus = "invisible"
)

// RoutingRule is what a session gets.
type RoutingRule string

// The last two are old: Promiscuous is read as RouteIdentity, and of the
// sessions with RouteIdentityByPriority only those of the highest priority get
// what is sent.
const (
	RouteInstance           RoutingRule = "instance"   // what is sent to its full node
	RouteIdentity           RoutingRule = "identity"   // and to its identity
	RouteDomain             RoutingRule = "domain"     // and to its domain, of an authority
	RouteRootDomain         RoutingRule = "rootDomain" // and to subdomains, of a root authority
	RoutePromiscuous        RoutingRule = "promiscuous"
	RouteIdentityByPriority RoutingRule = "identityByPriority"
)

// Receipt says which notifications a session wants. Failed comes always.
type Receipt struct {
	Events []Event `json:"events"`
}

// MediaType is TypeReceipt.
func (Receipt) MediaType() MediaType { return TypeReceipt }

// Capability says what somebody understands.
type Capability struct {
	ContentTypes  []MediaType `json:"contentTypes,omitempty"`
	ResourceTypes []MediaType `json:"resourceTypes,omitempty"`
}

// MediaType is TypeCapability.
func (Capability) MediaType() MediaType { return TypeCapability }

// Quota is the limits of a session.
type Quota struct {
	Throughput      int `json:"throughput,omitempty"`      // envelopes a second
	MaxEnvelopeSize int `json:"maxEnvelopeSize,omitempty"` // bytes
	Threshold       int `json:"threshold,omitempty"`       // envelopes at once
}

// MediaType is TypeQuota.
func (Quota) MediaType() MediaType { return TypeQuota }

// Delegation says who may send envelopes in the name of an account. An empty
// list allows none of its kind, unless EnvelopeTypes names the kind: then all.
type Delegation struct {
	Target        Identity              `json:"target"`
	EnvelopeTypes []string              `json:"envelopeTypes,omitempty"` // message, notification, command
	Messages      []DelegatedMessage    `json:"messages,omitempty"`
	Notifications []DelegatedEvent      `json:"notifications,omitempty"`
	Commands      []DelegatedCommandURI `json:"commands,omitempty"`
}

// DelegatedMessage allows messages of a media type.
type DelegatedMessage struct {
	Type MediaType `json:"type"`
}

// DelegatedEvent allows notifications of an event.
type DelegatedEvent struct {
	Event Event `json:"event"`
}

// DelegatedCommandURI allows commands: an empty method is any, and a URI is
// the path with all below it.
type DelegatedCommandURI struct {
	Method Method `json:"method,omitempty"`
	URI    URI    `json:"uri,omitempty"`
}

// MediaType is TypeDelegation.
func (Delegation) MediaType() MediaType { return TypeDelegation }

// Allows reports whether the delegation covers an envelope. A command's path
// is the one that its URI says.
func (d Delegation) Allows(e Envelope) bool {
	switch e := e.(type) {
	case *Message:
		return slices.Contains(d.EnvelopeTypes, "message") || e.Content != nil &&
			slices.Contains(d.Messages, DelegatedMessage{e.Content.MediaType()})
	case *Notification:
		return slices.Contains(d.EnvelopeTypes, "notification") || slices.Contains(d.Notifications, DelegatedEvent{e.Event})
	case *Command:
		if slices.Contains(d.EnvelopeTypes, "command") {
			return true
		}
		r, err := e.URI.Parse()
		return err == nil && slices.ContainsFunc(d.Commands, func(c DelegatedCommandURI) bool {
			if c.Method != "" && c.Method != e.Method {
				return false
			}
			of, err := c.URI.Parse()
			return c.URI == "" || err == nil && below(r.Path, of.Path)
		})
	}
	return false
}

// below reports whether path is of, or below it.
func below(path, of string) bool {
	path, of = strings.ToLower(path), strings.ToLower(of)
	return path == of || of == "/" || strings.HasPrefix(path, of+"/")
}
