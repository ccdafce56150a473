package moneysocket

import (
	"encoding/json"
	"errors"
	"time"
)

// ErrMessage is a text that is no message of v0. It is dropped without an
// answer.
var ErrMessage = errors.New("not a moneysocket message")

// Name is what a message is.
type Name string

// The messages of v0: C consumer, P provider, R relay.
const (
	RequestRendezvous        Name = "REQUEST_RENDEZVOUS"          // any to R, clear
	NotifyRendezvousNotReady Name = "NOTIFY_RENDEZVOUS_NOT_READY" // R, clear
	NotifyRendezvous         Name = "NOTIFY_RENDEZVOUS"           // R, clear
	NotifyRendezvousEnd      Name = "NOTIFY_RENDEZVOUS_END"       // R, clear

	RequestProvider        Name = "REQUEST_PROVIDER"          // C to P
	NotifyProviderNotReady Name = "NOTIFY_PROVIDER_NOT_READY" // P to C
	NotifyProvider         Name = "NOTIFY_PROVIDER"           // P to C
	RequestPing            Name = "REQUEST_PING"              // C to P
	NotifyPong             Name = "NOTIFY_PONG"               // P to C
	RequestInvoice         Name = "REQUEST_INVOICE"           // C to P
	NotifyInvoice          Name = "NOTIFY_INVOICE"            // P to C
	RequestPay             Name = "REQUEST_PAY"               // C to P
	NotifyPreimage         Name = "NOTIFY_PREIMAGE"           // P to C
	NotifyError            Name = "NOTIFY_ERROR"              // either
)

// Clear reports whether a message is of the rendezvous and so is sent in
// clear. All others are encrypted.
func (n Name) Clear() bool { return kinds[n].clear }

// IsRequest reports whether the name is of a request.
func (n Name) IsRequest() bool { return kinds[n].request }

// Message is one message of v0. Which of its fields count depends on its name.
type Message struct {
	Name Name
	Time time.Time // when it was sent, as the sender's clock says
	UUID string    // request_uuid or notification_uuid, any form of a UUID
	Ref  string    // of a notification: request_reference_uuid, "" is null

	Rendezvous   RendezvousID // of the four rendezvous messages
	Account      string       // NOTIFY_PROVIDER: account_uuid
	Payer, Payee bool         // NOTIFY_PROVIDER: pays invoices, makes invoices
	Wad          *Wad         // NOTIFY_PROVIDER: nil is an empty wallet
	Msats        Msat         // REQUEST_INVOICE
	Bolt11       string       // REQUEST_PAY, NOTIFY_INVOICE
	Preimage     string       // NOTIFY_PREIMAGE: 64 hex digits
	Ext          *string      // NOTIFY_PREIMAGE: up to 4096 characters
	Error        string       // NOTIFY_ERROR

	// Extra are the fields of a message that v0 does not know. Old programs
	// ignore them, which makes them the place for extensions.
	Extra map[string]json.RawMessage
}

// kind is what is special about the messages of a name.
type kind struct {
	request, clear bool
	fields         []field // in the order in which they are written
}

// kinds are all the messages there are.
var kinds = map[Name]kind{
	RequestRendezvous:        {true, true, []field{rendezvousField}},
	NotifyRendezvousNotReady: {false, true, []field{rendezvousField}},
	NotifyRendezvous:         {false, true, []field{rendezvousField}},
	NotifyRendezvousEnd:      {false, true, []field{rendezvousField}},
	RequestProvider:          {request: true},
	NotifyProviderNotReady:   {},
	NotifyProvider:           {fields: []field{accountField, payerField, payeeField, wadField}},
	RequestPing:              {request: true},
	NotifyPong:               {},
	RequestInvoice:           {request: true, fields: []field{msatsField}},
	NotifyInvoice:            {fields: []field{bolt11Field}},
	RequestPay:               {request: true, fields: []field{bolt11Field}},
	NotifyPreimage:           {fields: []field{preimageField, extField}},
	NotifyError:              {fields: []field{errorField}},
}

// NewRequest returns a request of that name, with a fresh UUID and the time.
func NewRequest(n Name) Message {
	return Message{Name: n, Time: now(), UUID: newUUID()}
}

// NewNotification returns a notification of that name that answers the request
// with the UUID ref, or none if ref is empty.
func NewNotification(n Name, ref string) Message {
	return Message{Name: n, Time: now(), UUID: newUUID(), Ref: ref}
}

// now is the time with the microseconds that others send as well.
func now() time.Time { return time.Now().Truncate(time.Microsecond) }
