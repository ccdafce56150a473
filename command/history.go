package command

import (
	"context"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// page is how many lines of history one answer has, unless asked otherwise.
const page = 10

// errHistoryNumber is the fault of a {text} that should be a number.
var errHistoryNumber = fault.Define(fault.Invalid, "history.number")

// History lists the user's movements, newest first; on a contact, those with it.
var History = &Command{
	Name: "history", Who: Member, Where: Anywhere, Access: wallet.Receive, ReadOnly: true, AsksNoNode: true,
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
			if filter == "with" && c.To.Kind != wallet.GatewayContact {
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
	way, ok := c.optional("way", "any", wallet.In, wallet.Out)
	if !ok {
		return Reply{}, c.usage()
	}
	q := wallet.HistoryQuery{Count: page, Peer: c.Peer(c.Arg("with"))}
	if way != "any" {
		q.Way = way
	}
	together := ""
	if c.To.Kind != wallet.GatewayContact {
		q.Peer, together = c.To.Name, "-with"
	}
	for name, into := range map[string]func(int64){
		"count":  func(n int64) { q.Count = int(min(n, wallet.LongestHistory)) },
		"before": func(n int64) { q.Before = n },
	} {
		if text := c.Arg(name); text != "" {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil || n < 1 {
				return Reply{}, errHistoryNumber.With(fault.Args{"text": text})
			}
			into(n)
		}
	}
	h, err := c.Service.History(ctx, c.by, q)
	if err != nil {
		return Reply{}, err
	}
	if len(h.Entries) == 0 {
		return say("history.none"+together, nil), nil
	}
	r := say("history.head"+together, nil)
	for _, e := range h.Entries {
		r.add(entryKey(e), entryArgs(e))
	}
	if h.More {
		r.Next = []Suggestion{c.more(q, h.Entries[len(h.Entries)-1].N)}
		r.add("history.more", map[string]any{"more": r.Next[0].Text})
	}
	return r, nil
}

// more asks for the lines that follow the last one shown.
func (c *Call) more(q wallet.HistoryQuery, last int64) Suggestion {
	p := c.Words.Printer(c.Lang, c.Unit)
	words := []string{strconv.Itoa(q.Count)}
	if q.Way != "" {
		words = append(words, p.Say("choice.way."+q.Way, nil))
	}
	if q.Peer != "" && c.To.Kind == wallet.GatewayContact {
		words = append(words, p.Say("choice.filter.with", nil), q.Peer)
	}
	return c.suggest("button.more", "history", append(words, p.Say("choice.filter.before", nil), strconv.FormatInt(last, 10))...)
}

// entryKey is the phrase of a line, and entryArgs are what it needs.
func entryKey(e wallet.Entry) string {
	if e.Incoming {
		return "history.in"
	}
	return "history.out"
}

func entryArgs(e wallet.Entry) map[string]any {
	return map[string]any{"n": e.N, "at": e.At, "amount": int64(e.Amount), "who": e.Peer, "memo": e.Memo, "fee": int64(e.Fee),
		"txid": e.TxID, "confirmations": e.Confirmations, "held": int64(e.Held), "failed": e.State == wallet.EntryFailed, "given": e.Given, "seen": e.Seen,
		"waiting": e.Held > 0, "back": e.Back, "hash": e.Hash, "preimage": e.Preimage}
}
