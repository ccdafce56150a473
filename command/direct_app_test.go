package command_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fiat"
	"github.com/bitcoim/bitcoim/moneysocket"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/wallet"
)

// open lets programs come to the town.
func (w *town) open() {
	w.desk.Apps = wallet.Apps{Budget: wallet.Budget{Amount: 1000 * amount.Sat}, Moneysocket: true, Here: true, Dials: true, Location: moneysocket.Location{Host: "apps.example.org"},
		LIME: gateway, LIMEURLs: []string{"wss://lime.example.org/lime"}}
}

// appOf finds "ann/game".
func (w *town) appOf(who string) *app.App {
	w.t.Helper()
	user, name, _ := strings.Cut(who, "/")
	a, err := app.ByName(context.Background(), w.desk.DB.Read(), w.user(user).ID, name)
	if err != nil {
		w.t.Fatalf("%s: %v", who, err)
	}
	return a
}

// apps reads what apps do:
//
//	apps on, apps elsewhere, apps off
//	apps ann/game pays k1 {tea} waits          and what it hears, in one line
//	apps ann/game asks k2 500 {bill} tea       for an invoice, which {bill} is then
//	apps ann/game order k1 arrived 2000        the worker moves the order of that request
//	apps ann/game news k1 refused the user...  what it is told later, once
//	apps ann/game sees 990 pays receives       what it is shown, in sat
//	apps ann/game says 0.49 EUR                and how that is said in the user's currency
//	apps ann/game joins
//	apps rates {"EUR":50000}                   a bitcoin costs
func (s *scene) apps(words []string) {
	s.t.Helper()
	s.settled()
	ctx := context.Background()
	switch words[0] {
	case "on":
		s.open()
		return
	case "elsewhere": // there is no relay of ours
		s.open()
		s.desk.Apps.Here, s.desk.Apps.LIME = false, ""
		return
	case "rates":
		var err error
		s.desk.Exchange, err = fiat.New(fiat.Options{Clock: func() time.Time { return s.now },
			Fetch: func(context.Context) ([]byte, error) { return []byte(words[1]), nil }})
		if err != nil || s.desk.Exchange.Refresh(ctx) != nil {
			s.errorf("rates: %v", err)
		}
		return
	case "off":
		s.desk.Apps = wallet.Apps{Budget: wallet.Budget{Amount: 1000 * amount.Sat}}
		return
	}
	a, rest := s.appOf(words[0]), words[2:]
	var heard string
	switch words[1] {
	case "joins":
		if err := s.desk.AppJoined(ctx, a.ID); err != nil {
			s.errorf("%v", err)
		}
		return
	case "pays":
		answer, err := s.desk.AppPay(ctx, a.ID, rest[0], s.fill(rest[1]))
		heard, rest = s.answered(answer, err), rest[2:]
	case "asks":
		m, name := amount.FromSats(s.number(rest[1])), strings.Trim(rest[2], "{}")
		answer, err := s.desk.AppInvoice(ctx, a.ID, rest[0], m, strings.Join(rest[3:], " "))
		if err != nil || answer.Invoice == "" {
			heard, rest = s.answered(answer, err), rest[3:]
			break
		}
		if len(rest) > 3 && rest[3] == "refused" {
			s.errorf("it got an invoice")
		}
		if was := s.known[name]; was != "" && was != answer.Invoice {
			s.errorf("another invoice for the same request")
		}
		s.known[name] = answer.Invoice
		return
	case "order":
		s.goes(strings.Split(words[0], "/")[0], s.orderOf(a, rest[0]).Code, rest[1], amount.Msat(s.number(strings.Join(rest[2:], "")+"+0")))
		return
	case "news":
		news, err := s.desk.AppNews(ctx, []app.ID{a.ID})
		if err != nil || len(news) != 1 || news[0].App != a.ID {
			s.errorf("news %+v, %v", news, err)
		}
		if err := s.desk.AppTold(ctx, news); err != nil {
			s.errorf("%v", err)
		}
		heard = news[0].Key + " " + s.answered(news[0], nil)
	case "says":
		all, err := s.desk.AppWallets(ctx, []app.ID{a.ID})
		if heard = "nothing"; err == nil && all[a.ID].Fiat != nil {
			heard = all[a.ID].Fiat.Units + " " + all[a.ID].Fiat.Code
		}
	case "sees":
		all, err := s.desk.AppWallets(ctx, []app.ID{a.ID})
		w, there := all[a.ID]
		heard = fmt.Sprintf("%d.%03d", w.Amount/amount.Sat, w.Amount%amount.Sat)
		for word, is := range map[string]bool{"pays": w.Pays, "receives": w.Receives} {
			if is != strings.Contains(strings.Join(rest, " "), word) {
				s.errorf("%s: %v", word, is)
			}
		}
		if err != nil || !there {
			s.errorf("sees nothing: %v", err)
		}
		rest = rest[:1]
	}
	s.same([]string{strings.Join(rest, " ")}, []string{heard})
}

// answered says an answer in a line.
func (s *scene) answered(a wallet.AppAnswer, err error) string {
	switch {
	case err != nil:
		return "error " + err.Error()
	case a.Refused != nil:
		return "refused " + plain(s.refusal(a))
	case a.Preimage != "" && a.Incoming:
		return "received"
	case a.Preimage != "":
		return fmt.Sprintf("paid fee %d", a.Fee)
	case a.Waiting:
		return "waits"
	}
	return "nothing"
}

// orderOf is the order that a request of an app made.
func (s *scene) orderOf(a *app.App, key string) *paymentorder.Order {
	s.t.Helper()
	r, err := a.Find(context.Background(), s.desk.DB.Read(), key)
	if err != nil || r == nil || !r.Order.Valid {
		s.errorf("%s has no order (%v)", key, err)
		s.t.FailNow()
	}
	o, err := paymentorder.ByID(context.Background(), s.desk.DB.Read(), paymentorder.ID(r.Order.Int64))
	if err != nil {
		s.errorf("%v", err)
	}
	return o
}
