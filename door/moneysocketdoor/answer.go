package moneysocketdoor

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/wallet"
)

const (
	tries    = 5           // to get a word from the desk, while the app waits
	longer   = 3           // times the pause before
	decision = time.Minute // for one question about money
)

func (l *link) invoice(ctx context.Context, r moneysocket.Request) moneysocket.Answer {
	return l.door.said(l.ask(ctx, r, func(ctx context.Context) (wallet.AppAnswer, error) {
		return l.door.o.Desk.AppInvoice(ctx, l.app.ID, r.UUID, amount.Msat(r.Msats), r.Description)
	}))
}

// pay answers once: what the desk says now is not brought as news as well,
// because an app that counts would hear of two payments.
func (l *link) pay(ctx context.Context, r moneysocket.Request) moneysocket.Answer {
	l.mind(r.UUID)
	a := l.ask(ctx, r, func(ctx context.Context) (wallet.AppAnswer, error) {
		return l.door.o.Desk.AppPay(ctx, l.app.ID, r.UUID, r.Bolt11)
	})
	if l.unmind(r.UUID, a) {
		l.provider.Forget(r.Link, r.UUID)
		return moneysocket.Answer{}
	}
	return l.door.said(a)
}

// ask puts a request to the desk, a few times if it does not answer. If it
// stays silent, so do we, and the app may ask again.
func (l *link) ask(ctx context.Context, r moneysocket.Request, do func(context.Context) (wallet.AppAnswer, error)) wallet.AppAnswer {
	pause := l.door.o.Limits.Again
	for try := 1; ; try++ {
		a, err := once(ctx, do)
		if err == nil && (a.Waiting || !l.door.said(a).Later()) {
			if a.Waiting {
				l.door.Notify()
			}
			return a
		}
		l.door.o.Log.Warn("moneysocket: the desk has no answer for an app", "app", l.app.ID, "try", try, "err", err)
		if try == tries || l.state() != moneysocket.Ready || ctx.Err() != nil {
			l.provider.Forget(r.Link, r.UUID)
			return wallet.AppAnswer{}
		}
		rest(ctx, pause, nil)
		pause *= longer
	}
}

func once(ctx context.Context, do func(context.Context) (wallet.AppAnswer, error)) (wallet.AppAnswer, error) {
	ctx, stop := context.WithTimeout(ctx, decision)
	defer stop()
	return do(ctx)
}

// said is an answer of the desk in the words of the protocol, and a refusal in those of
// the user.
func (d *Door) said(a wallet.AppAnswer) moneysocket.Answer {
	switch {
	case a.Waiting:
		return moneysocket.Answer{}
	case a.Preimage != "":
		out := moneysocket.Answer{Preimage: a.Preimage}
		if a.Fee > 0 && !a.Incoming {
			out.Ext = moneysocket.FeeExt(moneysocket.Msat(a.Fee))
		}
		return out
	case a.Invoice != "":
		return moneysocket.Answer{Bolt11: a.Invoice}
	}
	if a.Refused == nil {
		return moneysocket.Answer{}
	}
	words := d.o.Words.Printer(d.o.Words.Match(append([]string{a.Lang}, d.o.Languages...)...), a.Unit)
	return moneysocket.Answer{Error: words.Say(a.Refused.Phrase, a.Refused.Args)}
}
