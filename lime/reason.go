package lime

import (
	"errors"
	"fmt"
)

// Code is why something failed. Codes from 1000 on belong to applications.
type Code int

// The reason codes that LIME implementations share.
const (
	General              Code = 1
	SessionError         Code = 11
	RegistrationError    Code = 12 // the instance is in use, or refused
	AuthenticationFailed Code = 13
	UnregisterFailed     Code = 14
	InvalidAction        Code = 15 // not in this state of the session
	NegotiationTimeout   Code = 16
	NegotiationInvalid   Code = 17
	InvalidSessionMode   Code = 18
	Validation           Code = 21
	EmptyDocument        Code = 22
	InvalidResource      Code = 23 // the media type
	InvalidStatus        Code = 24
	InvalidIdentity      Code = 25
	InvalidRecipients    Code = 26
	InvalidMethod        Code = 27 // or URI
	Authorization        Code = 31
	UnauthorizedSender   Code = 32
	AccountNotFound      Code = 33
	QuotaExceeded        Code = 34
	PermissionRequired   Code = 35 // a delegation is missing
	Routing              Code = 41
	DestinationNotFound  Code = 42
	GatewayNotFound      Code = 43
	RouteNotFound        Code = 44
	Dispatch             Code = 51
	Processing           Code = 61
	NoProcessor          Code = 62
	MethodNotSupported   Code = 63
	InvalidArgument      Code = 64
	CommandSessionMode   Code = 65
	NotAllowed           Code = 66
	NotFound             Code = 67
	UnsupportedContent   Code = 71
	GatewayError         Code = 81
	GatewayContent       Code = 82
	GatewayDestination   Code = 83
	GatewayNotSupported  Code = 84
	RequestLimit         Code = 85
	OperationTimeout     Code = 86
	Blocked              Code = 87
	ApplicationError     Code = 101
	FirstOfAnApplication Code = 1000
)

// Reason says why something failed, to machines and to people. As an error it
// is what the other side answered, or what a handler wants answered.
type Reason struct {
	Code        Code   `json:"code"`
	Description string `json:"description,omitempty"`
}

// Errorf makes a Reason that is shown to the peer.
func Errorf(code Code, format string, args ...any) *Reason {
	return &Reason{code, fmt.Sprintf(format, args...)}
}

// ErrRefused is what somebody hears who is not let in: the same for an unknown name
// and for a wrong password.
var ErrRefused error = &Reason{AuthenticationFailed, "the name or the secret is wrong"}

func (r *Reason) Error() string {
	return fmt.Sprintf("%s (lime code %d)", r.Description, r.Code)
}

// Is reports whether target is a Reason of the same code.
func (r *Reason) Is(target error) bool {
	t, ok := target.(*Reason)
	return ok && t.Code == r.Code
}

// ReasonOf returns the Reason in err's chain. Any other error is of the given
// code and without its text, which is not for strangers.
func ReasonOf(err error, otherwise Code) *Reason {
	if r, ok := errors.AsType[*Reason](err); ok {
		return r
	}
	return &Reason{otherwise, "it did not work"}
}
