package limedoor

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/wallet"
)

// Reason codes of our own.
const (
	CodeShort     lime.Code = 1001 // not enough money
	CodeLimit     lime.Code = 1002 // the amount is out of the limits
	CodeExpired   lime.Code = 1003 // the order's time ran out
	CodeDone      lime.Code = 1004 // too late, or done already
	CodeLater     lime.Code = 1005 // something is away: the same may work soon
	CodeNeedsCode lime.Code = 1006 // only its code moves the money
	CodeFee       lime.Code = 1007 // the fee could be more than allowed
	CodeUnknown   lime.Code = 1009 // it is not known whether it was done
)

// codes is how each kind of fault is said in LIME.
var codes = map[fault.Kind]lime.Code{
	fault.Internal:          lime.Processing,
	fault.Invalid:           lime.InvalidArgument,
	fault.NotFound:          lime.NotFound,
	fault.NotAllowed:        lime.NotAllowed,
	fault.Conflict:          CodeDone,
	fault.InsufficientFunds: CodeShort,
	fault.Unavailable:       CodeLater,
}

// faultCodes are the faults of which a program wants to know more than the kind. The
// first that fits counts.
var faultCodes = []struct {
	of   error
	code lime.Code
}{
	{wallet.ErrExpired, CodeExpired},
	{wallet.ErrStale, CodeExpired},
	{wallet.ErrOutcomeUnknown, CodeUnknown},
	{wallet.ErrTooSmall, CodeLimit},
	{wallet.ErrRecipientFull, CodeLimit},
	{wallet.ErrLimit, CodeLimit},
	{wallet.ErrNobody, lime.DestinationNotFound},
	{wallet.ErrOutsideJID, lime.DestinationNotFound},
	{wallet.ErrRecipientGone, lime.DestinationNotFound},
	{wallet.ErrNoContact, lime.DestinationNotFound},
	{wallet.ErrNoRate, lime.GatewayNotSupported},
	{wallet.ErrClosed, lime.AccountNotFound},
	{wallet.ErrNotRegistered, lime.AccountNotFound},
	{wallet.ErrNotServed, lime.AccountNotFound},
	{wallet.ErrManyDelegations, lime.QuotaExceeded},
	{wallet.ErrWrongPassword, lime.AuthenticationFailed},
	{wallet.ErrSessionOver, lime.AuthenticationFailed},
}

// codeOf is the code of a fault.
func codeOf(f *fault.Error) lime.Code {
	for _, c := range faultCodes {
		if errors.Is(f, c.of) {
			return c.code
		}
	}
	return codes[f.Kind]
}

// refusal is what the door itself refuses, with a code of its own.
type refusal struct {
	code   lime.Code
	phrase string
	args   map[string]any
}

func (r *refusal) Error() string { return fmt.Sprintf("%s (%d)", r.phrase, r.code) }

func refuse(code lime.Code, phrase string, args map[string]any) error {
	return &refusal{code, phrase, args}
}

// reason is an error as it is answered, in the words of whoever asked. What is
// nobody's fault but ours is told by a reference that the log has, too.
func (d *Door) reason(s speech, err error) *lime.Reason {
	var told *lime.Reason
	if errors.As(err, &told) {
		return told
	}
	p := d.words.Printer(s.lang, s.unit)
	var r *refusal
	if errors.As(err, &r) {
		return &lime.Reason{Code: r.code, Description: p.Say(r.phrase, r.args)}
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		ref := rand.Text()[:8]
		d.log.Error("lime: a request failed", "ref", ref, "err", err)
		f = fault.New(fault.Internal, "fault.internal", fault.Args{"ref": ref})
	}
	return &lime.Reason{Code: codeOf(f), Description: p.Say(f.Phrase, f.Args)}
}
