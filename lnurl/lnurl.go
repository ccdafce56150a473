// Package lnurl asks strangers for Lightning invoices, and says what we answer
// when strangers ask us: LNURL-pay (LUD-01, 06, 09, 10, 11, 12, 16, 17, 20).
// Both sides share the types of this package, so there is one truth about
// what is hashed and what is limited.
//
// The other side is not believed: whatever it sends is read strictly, and its
// invoice is compared with what was agreed (Check) by what our own node says
// about it. LUD-18 and LUD-21 are passed over, but for a service that demands
// to know who pays.
//
// Every error is an ErrLNURL with one of these phrases:
//
//	lnurl.syntax        {text}          not an LNURL nor a Lightning Address
//	lnurl.kind          {kind}          an LNURL for something else than paying
//	lnurl.onion         {host}          in a network that we can not reach
//	lnurl.forbidden     {host}          leads where we do not go
//	lnurl.silent        {host}          did not answer, or not securely; kind Unavailable
//	lnurl.answer        {host}          answered what makes no sense
//	lnurl.refused       {host, reason}  answered no; reason is its own word
//	lnurl.payer         {host}          demands to know who pays
//	lnurl.range         {host, min, max}  does not take that amount; in msat
//	lnurl.comment       {host, max}     takes no longer note; 0: none
//	lnurl.success       {host}          promises something we could not show
//	lnurl.wrong-amount  {host, want, got}  its invoice is for another amount; msat
//	lnurl.wrong-hash    {host}          its invoice is for something else
//	lnurl.wrong-network {host}          its invoice is of another network
//	lnurl.expired       {host}          its invoice can not be paid any more
package lnurl

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bitcoim/bitcoim/egress"
	"github.com/bitcoim/bitcoim/fault"
)

// LongestAnswer is how long an answer may be, in bytes: LUD-06 allows a
// picture of 136,536 characters in it. A Fetcher needs no higher limit.
const LongestAnswer = 192 << 10

// Fetcher gets a document over HTTPS; egress.Client is one.
type Fetcher interface {
	Fetch(ctx context.Context, url string) ([]byte, error)
}

// Client asks services. It may be used by many at once.
type Client struct {
	Fetcher Fetcher
}

// Offer asks what t takes (LUD-06, steps 2 and 3).
func (c *Client) Offer(ctx context.Context, t Target) (Offer, error) {
	body, err := c.Fetcher.Fetch(ctx, t.URL)
	if err != nil {
		return Offer{}, unfetched(err, t.Host)
	}
	return ParseOffer(body, t)
}

// For says for whom a service is asked: the domain of a user. It leaves room for others
// (egress.For).
func For(ctx context.Context, domain string) context.Context { return egress.For(ctx, domain) }

// Quote asks for an invoice (LUD-06, steps 4 and 5). The result is not to be
// paid before Check.
func (c *Client) Quote(ctx context.Context, r Request) (Quote, error) {
	address, err := r.URL()
	if err != nil {
		return Quote{}, err
	}
	body, err := c.Fetcher.Fetch(ctx, address)
	if err != nil {
		return Quote{}, unfetched(err, r.Offer.Host)
	}
	return ParseQuote(body, r)
}

func unfetched(err error, host string) error {
	kind, phrase := fault.Unavailable, "lnurl.silent"
	switch {
	case errors.Is(err, egress.ErrBusy):
		phrase = "lnurl.busy"
	case errors.Is(err, egress.ErrForbidden), errors.Is(err, egress.ErrURL):
		kind, phrase = fault.Invalid, "lnurl.forbidden"
	case errors.Is(err, egress.ErrRedirect), errors.Is(err, egress.ErrTooLong), errors.Is(err, egress.ErrEncoded):
		kind, phrase = fault.Invalid, "lnurl.answer"
	}
	return ErrLNURL.New(kind, phrase, fault.Args{"host": host}).Because(err)
}

// nonsense is the fault of an answer that can not be relied on. Why is for
// the log.
func nonsense(host, why string) error {
	return ErrLNURL.New(fault.Invalid, "lnurl.answer", fault.Args{"host": host}).Because(errors.New("lnurl: " + why))
}

// clean makes a stranger's words fit to be stored and shown: without control
// and bidi characters, on one line, no more than limit characters.
func clean(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			r = ' '
		}
		if unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError || r == '\uFFFE' || r == '\uFFFF' {
			continue
		}
		if n++; n > limit {
			return strings.TrimSpace(b.String()) + "…"
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
