package component

import (
	"context"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// gatewayPrompt asks for whom to add as a contact (XEP-0100).
func gatewayPrompt(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	if q.At != "" {
		return nil, errUnavailable
	}
	_, say, err := c.listener(ctx, q)
	if err != nil {
		return nil, err
	}
	return El(nsPrompt, "query",
		El(nsPrompt, "desc").Says(say.Say("gateway.desc", nil)),
		El(nsPrompt, "prompt").Says(say.Say("gateway.prompt", nil)),
	), nil
}

// gatewayFind turns what was typed into a JID. There is one answer to all
// that leads nowhere: whether somebody exists, who may not be known, or not
// at all must look the same.
func gatewayFind(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	if q.At != "" {
		return nil, errUnavailable
	}
	prompt := q.Child(nsPrompt, "query").ChildText(nsPrompt, "prompt")
	var at string
	err := error(wallet.ErrNoFind)
	if prompt != "" {
		at, err = c.desk.Find(ctx, q.User, prompt)
	}
	switch {
	case err == nil:
		return El(nsPrompt, "query", El(nsPrompt, "jid").Says(c.jid(at))), nil
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid), fault.Is(err, fault.NotAllowed):
	default:
		return nil, err
	}
	_, say, err := c.listener(ctx, q)
	if err != nil {
		return nil, err
	}
	return nil, &refusal{Type: "cancel", Condition: "item-not-found", Code: "404",
		Text: say.Say("gateway.unknown", nil), Lang: say.Lang()}
}
