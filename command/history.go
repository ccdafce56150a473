package command

import (
	"context"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/app"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/statement"
	"github.com/bitcoim/bitcoim/wallet"
)

// page is how many lines of history one answer has, unless asked otherwise.
const page, longestPage = 10, 50

// errHistoryNumber is the fault of a {text} that should be a number.
var errHistoryNumber = fault.Define(fault.Invalid, "history.number")

// History lists the user's movements, newest first; on a contact, those with it.
var History = &Command{
	Name: "history", Who: Member, Where: Anywhere, Access: wallet.Receive, Looks: true, AsksNoNode: true,
	Fields: []Field{
		{Name: "count", Optional: true},
		{Name: "way", Kind: ChoiceField, Choices: []string{"any", "in", "out"}, Default: "any", Optional: true},
		{Name: "with", Optional: true},
		{Name: "before", Optional: true},
	},
	Words: historyWords,
	Run:   history,
}

// historyWords takes a number, in, out, "with X" and "before N" in any order.
func historyWords(c *Call, words []string) (map[string]string, error) {
	args := map[string]string{}
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case strings.Trim(word, "0123456789") == "":
			args["count"] = word
		case c.chosen("way", word, "in", "out") != "":
			args["way"] = c.chosen("way", word, "in", "out")
		case c.chosen("filter", word, "with", "before") != "" && i+1 < len(words):
			filter := c.chosen("filter", word, "with", "before")
			if filter == "with" && c.To.Kind != ToGateway {
				return nil, c.usage()
			}
			args[filter] = words[i+1]
			i++
		default:
			return nil, c.usage()
		}
	}
	return args, nil
}

func history(ctx context.Context, c *Call) (Reply, error) {
	way, ok := c.optional("way", "any", "in", "out")
	if !ok {
		return Reply{}, c.usage()
	}
	f := statement.Filter{Limit: page, Peer: c.peer(c.Arg("with"))}
	if way != "any" {
		f.Way = way
	}
	together := ""
	if c.To.Kind != ToGateway {
		f.Peer, together = c.To.Name, "-with"
	}
	for name, into := range map[string]func(int64){
		"count":  func(n int64) { f.Limit = int(min(n, longestPage)) },
		"before": func(n int64) { f.Before = n },
	} {
		if text := c.Arg(name); text != "" {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil || n < 1 {
				return Reply{}, errHistoryNumber.With(fault.Args{"text": text})
			}
			into(n)
		}
	}
	want := f.Limit
	f.Limit++ // one more tells whether there is more
	lines, err := statement.List(ctx, c.DB.Read(), int64(c.by.User.ID), f)
	if err != nil {
		return Reply{}, err
	}
	if len(lines) == 0 {
		r := say("history.none"+together, nil)
		r.Data = []wallet.Entry{}
		return r, nil
	}
	r := say("history.head"+together, nil)
	for i, l := range lines {
		if i == want {
			r.Next = []Suggestion{c.more(f, want, lines[i-1].N)}
			r.add("history.more", map[string]any{"more": r.Next[0].Text})
			lines = lines[:want]
			break
		}
		r.add(lineKey(l), lineArgs(l))
	}
	r.Data = wallet.EntriesOf(lines)
	return r, nil
}

// peer is somebody as the lines of a statement call them.
func (c *Call) peer(text string) string {
	if a, err := address.Parse(text, c.Policy.Network); err == nil {
		return a.String()
	}
	if strings.EqualFold(text, statement.ByLightning) {
		return statement.ByLightning
	}
	return strings.TrimSuffix(address.Fold(i18n.Clip(text, 90)), "@"+c.Policy.Domain)
}

// more asks for the lines that follow the last one shown.
func (c *Call) more(f statement.Filter, count int, last int64) Suggestion {
	p := c.Words.Printer(c.Lang, c.Unit)
	words := []string{strconv.Itoa(count)}
	if f.Way != "" {
		words = append(words, p.Say("choice.way."+f.Way, nil))
	}
	if f.Peer != "" && c.To.Kind == ToGateway {
		words = append(words, p.Say("choice.filter.with", nil), f.Peer)
	}
	return c.suggest("button.more", "history", append(words, p.Say("choice.filter.before", nil), strconv.FormatInt(last, 10))...)
}

func lineKey(l statement.Line) string {
	if l.Incoming {
		return "history.in"
	}
	return "history.out"
}

func lineArgs(l statement.Line) map[string]any {
	return map[string]any{"n": l.N, "at": l.At, "amount": int64(l.Amount), "who": l.Peer, "memo": l.Memo, "fee": int64(l.Fee),
		"txid": l.TxID, "confirmations": l.Confirmations, "held": int64(l.Held), "failed": l.State == "failed", "given": l.Given, "seen": l.Seen,
		"waiting": l.Held > 0, "back": l.Coin.Valid && l.State != "credited", "hash": l.Hash, "preimage": l.Preimage}
}

// Tx shows one movement in full.
var Tx = &Command{
	Name: "tx", Who: Member, Where: Anywhere, Access: wallet.Receive, Looks: true, AsksNoNode: true,
	Fields: []Field{{Name: "number"}},
	Run:    tx,
}

func tx(ctx context.Context, c *Call) (Reply, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(c.Arg("number"), "#"), 10, 64)
	if err != nil {
		return Reply{}, c.usage()
	}
	l, err := statement.Find(ctx, c.DB.Read(), int64(c.by.User.ID), n)
	if err != nil {
		return Reply{}, err
	}
	args := lineArgs(*l)
	r := say(lineKey(*l), args)
	key, err := c.stateKey(ctx, l, args)
	if err != nil {
		return Reply{}, err
	}
	r.add(key, args)
	switch {
	case l.Incoming || l.TxID == "" && l.Hash == "" || l.State == "failed": // it cost nothing
	case l.Hash != "" && l.Held > 0: // known when it has arrived
		r.add("tx.fee-most", args)
	default:
		r.add("tx.fee", args)
	}
	if l.TxID != "" {
		r.add("tx.txid", args)
	}
	if l.Seen > 0 {
		r.add("tx.relayed", args)
	}
	if l.Hash != "" {
		r.add("tx.hash", args)
	}
	if l.Preimage != "" {
		r.add("tx.preimage", args)
	}
	if l.Held > 0 {
		r.add("tx.held", args)
	}
	if l.Order.Valid && !l.Incoming {
		a, _, err := app.OfOrder(ctx, c.DB.Read(), l.Order.Int64)
		if err != nil {
			return Reply{}, err
		}
		if a != nil {
			r.add("tx.app", map[string]any{"app": a.Name})
		}
	}
	r.Data = wallet.EntryOf(*l)
	return r, nil
}

// stateKey says how far the movement is. What it needs more, it adds to args.
func (c *Call) stateKey(ctx context.Context, l *statement.Line, args map[string]any) (string, error) {
	if l.State == "held" && l.Order.Valid && !l.Incoming {
		o, err := paymentorder.ByID(ctx, c.DB.Read(), paymentorder.ID(l.Order.Int64))
		if err != nil {
			return "", err
		}
		pause, err := c.PauseOf(ctx, c.DB.Read(), o)
		args["cancel"], args["code"] = c.word("cancel"), o.Code
		switch {
		case pause == paymentorder.MayBeMade:
			return "tx.may-be-made", err
		case pause == paymentorder.Stopped:
			return "tx.stopped", err
		case o.State == paymentorder.Held: // it may have begun since the line was read
			return "tx.waits", err
		}
		return stateKey(l), err
	}
	return stateKey(l), nil
}

func stateKey(l *statement.Line) string {
	switch out := !l.Incoming && l.Hash != ""; {
	case out && l.State == "stuck":
		return "tx.lightning-stuck"
	case out && (l.State == "held" || l.State == "sending" || l.State == "in_flight"):
		return "tx.lightning"
	}
	return "tx.state-" + l.State
}
