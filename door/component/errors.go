package component

import (
	"context"
	"crypto/rand"
	"errors"

	"mellium.im/xmpp/stanza"

	"github.com/bitcoim/bitcoim/fault"
)

// conditions is how each kind of fault is said in XMPP (RFC 6120 §8.3).
var conditions = map[fault.Kind]stanza.Error{
	fault.Internal:          {Type: stanza.Wait, Condition: stanza.InternalServerError},
	fault.Invalid:           {Type: stanza.Modify, Condition: stanza.NotAcceptable},
	fault.NotFound:          {Type: stanza.Cancel, Condition: stanza.ItemNotFound},
	fault.NotAllowed:        {Type: stanza.Auth, Condition: stanza.Forbidden},
	fault.Conflict:          {Type: stanza.Cancel, Condition: stanza.Conflict},
	fault.InsufficientFunds: {Type: stanza.Modify, Condition: stanza.PolicyViolation},
	fault.Unavailable:       {Type: stanza.Wait, Condition: stanza.ResourceConstraint},
}

// What the protocol itself refuses. A service may return these as they are.
var (
	errBadRequest    = stanza.Error{Type: stanza.Modify, Condition: stanza.BadRequest}
	errUnavailable   = stanza.Error{Type: stanza.Cancel, Condition: stanza.ServiceUnavailable}
	errBusy          = stanza.Error{Type: stanza.Wait, Condition: stanza.ResourceConstraint}
	errLeaving       = stanza.Error{Type: stanza.Wait, Condition: stanza.RecipientUnavailable}
	errNotAcceptable = stanza.Error{Type: stanza.Modify, Condition: stanza.NotAcceptable}
)

// failure is err as the answer to q, in words of the user's language.
func (c *Component) failure(ctx context.Context, q *Stanza, err error) *Element {
	var told *refusal
	if errors.As(err, &told) {
		return c.reply(q, "error").Add(told.element())
	}
	var plain stanza.Error
	if errors.As(err, &plain) {
		return c.stanzaError(q, plain)
	}
	lang, text := c.faultText(ctx, q.User, q.Lang, err)
	s := conditions[fault.Of(err).Kind]
	r := refusal{Type: string(s.Type), Condition: string(s.Condition), Text: text, Lang: lang}
	return c.reply(q, "error").Add(r.element())
}

// stanzaError is the error answer to q that needs no words.
func (c *Component) stanzaError(q *Stanza, s stanza.Error) *Element {
	r := refusal{Type: string(s.Type), Condition: string(s.Condition)}
	return c.reply(q, "error").Add(r.element())
}

// faultText says err in the user's language. What is nobody's fault but ours is
// only told by a reference, which the log has together with the cause.
func (c *Component) faultText(ctx context.Context, user, lang string, err error) (language, text string) {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		ref := rand.Text()[:8]
		c.log.Error("command failed", "ref", ref, "user", user, "err", err)
		f = fault.New(fault.Internal, "fault.internal", fault.Args{"ref": ref})
	}
	var unit string
	if a, err := c.desk.Account(ctx, user); err == nil {
		unit = a.Unit
		if a.Lang != "" {
			lang = a.Lang
		}
	}
	return c.match(lang), c.words(unit, lang).Say(f.Phrase, f.Args)
}
