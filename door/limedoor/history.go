package limedoor

import (
	"context"
	"time"

	"github.com/bitcoim/bitcoim/lime"
	"github.com/bitcoim/bitcoim/lime/limeserver"
	"github.com/bitcoim/bitcoim/wallet"
)

// TypeEntry is a line of a statement.
const TypeEntry lime.MediaType = "application/vnd.bitcoim.entry+json"

// Entry is a movement on an account. Amounts are in sat.
type Entry struct {
	Number    int64  `json:"number"`
	Time      string `json:"time"`
	Direction string `json:"direction"` // in or out
	Amount    int64  `json:"amount"`    // without the fee
	Fine      string `json:"amountMsat,omitempty"`
	Fee       int64  `json:"fee"`
	Peer      string `json:"peer,omitempty"` // who or where
	Memo      string `json:"memo,omitempty"`
	Ref       string `json:"ref,omitempty"` // transaction, or hash of a payment over Lightning
	Proof     string `json:"preimage,omitempty"`
	State     string `json:"state"`
	Blocks    int64  `json:"confirmations"`
}

// MediaType is TypeEntry.
func (Entry) MediaType() lime.MediaType { return TypeEntry }

func entryOf(e wallet.Entry) Entry {
	way, ref := "out", e.TxID
	if e.Incoming {
		way = "in"
	}
	if ref == "" {
		ref = e.Hash
	}
	return Entry{Number: e.N, Time: date(e.At), Direction: way, Amount: e.Amount.Sats(), Fine: fine(e.Amount), Fee: e.Fee.CeilSats(),
		Peer: e.Peer, Memo: e.Memo, Ref: ref, Proof: e.Preimage, State: string(e.State), Blocks: e.Confirmations}
}

func (d *Door) history(m *limeserver.Mux) {
	d.handle(m, lime.Get, "/history", listHistory)
	d.observable(m, "/history")
}

// span is which lines are wanted.
type span struct{ from, to int64 }

// longestSearch is how many lines are looked at for one answer.
const longestSearch = 1000

// listHistory reads a part of the statement, newest first. Without a filter its
// total is exact; with one it counts among the newest thousand lines.
func listHistory(ctx context.Context, c *call) (lime.Document, error) {
	skip, take, err := c.Page(most)
	if err != nil {
		return nil, err
	}
	within, err := spanOf(c.Request)
	if err != nil {
		return nil, err
	}
	q := wallet.HistoryQuery{Way: c.Query.Get("direction"), Peer: c.door.desk.Peer(c.Query.Get("with")), Count: most}
	if q.Way != "" && q.Way != wallet.In && q.Way != wallet.Out {
		return nil, refuse(lime.InvalidArgument, "lime.direction", map[string]any{"text": clip(q.Way)})
	}
	by, err := c.caller(ctx, "history")
	if err != nil {
		return nil, err
	}
	list := lime.Collection{ItemType: TypeEntry, Items: []lime.Document{}}
	plain := q.Peer == "" && q.Way == "" && within == span{}
	for searched := 0; searched < longestSearch; {
		h, err := c.door.desk.History(ctx, by, q)
		if err != nil {
			return nil, err
		}
		lines := h.Entries
		if len(lines) == 0 {
			return list, nil
		}
		if plain && searched == 0 {
			list.Total = int(lines[0].N)
			if skip > 0 { // lines are numbered without gaps
				if q.Before = lines[0].N - int64(skip) + 1; lines[0].N <= int64(skip) {
					return list, nil
				}
				searched, skip = searched+1, 0
				continue
			}
		}
		for _, l := range lines {
			searched++
			switch {
			case within.from != 0 && l.At < within.from:
				return list, nil
			case within.to != 0 && l.At > within.to:
				continue
			case !plain:
				list.Total++
			}
			if skip > 0 {
				skip--
			} else if len(list.Items) < take {
				list.Items = append(list.Items, entryOf(l))
			}
		}
		if !h.More || plain && len(list.Items) == take {
			return list, nil
		}
		q.Before = lines[len(lines)-1].N
	}
	return list, nil
}

// spanOf reads from and to, as LIME writes dates or as days.
func spanOf(r *limeserver.Request) (s span, err error) {
	for name, into := range map[string]*int64{"from": &s.from, "to": &s.to} {
		text := r.Query.Get(name)
		if text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			if at, err = time.Parse(time.DateOnly, text); err != nil {
				return s, refuse(lime.InvalidArgument, "lime.date", map[string]any{"text": clip(text)})
			}
			if name == "to" { // the whole day
				at = at.Add(24*time.Hour - time.Second)
			}
		}
		*into = at.Unix()
	}
	return s, nil
}
