package wallet

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/statement"
)

// Entry is a line of a statement.
type Entry struct {
	N             int64 // number among the user's lines, from 1
	At            int64 // seconds
	Incoming      bool
	Amount        amount.Msat // without the fee
	Fee           amount.Msat // paid, or the most that it can be while that is not known
	Held          amount.Msat // still set aside
	Peer          string      // who or where, as said then
	Memo          string
	State         EntryState
	Back          bool // it came on the chain, and is not credited any more
	TxID          string
	Confirmations int64
	Hash          string // of a payment over Lightning
	Preimage      string // its proof
	Given         int64  // nodes that took the transaction from us
	Seen          int64  // others that announced it
}

func entryOf(l statement.Line) Entry {
	return Entry{N: l.N, At: l.At, Incoming: l.Incoming, Amount: l.Amount, Fee: l.Fee, Held: l.Held, Peer: l.Peer, Memo: l.Memo, State: EntryState(l.State),
		Back: l.Coin.Valid && EntryState(l.State) != EntryCredited, TxID: l.TxID, Confirmations: l.Confirmations, Hash: l.Hash, Preimage: l.Preimage,
		Given: l.Given, Seen: l.Seen}
}

func entriesOf(lines []statement.Line) []Entry {
	all := make([]Entry, len(lines))
	for i, l := range lines {
		all[i] = entryOf(l)
	}
	return all
}

// How money moves on an account.
const (
	In  = "in"
	Out = "out"
)

// HistoryQuery is which lines are wanted. What is not said narrows nothing down.
type HistoryQuery struct {
	Way    string // In or Out
	Peer   string // as lines call them (Service.Peer)
	Before int64  // only lines with a smaller number
	Count  int    // at most LongestHistory
}

// LongestHistory is the most lines that are read at once.
const LongestHistory = 50

// History is a part of a statement.
type History struct {
	Entries []Entry // newest first
	More    bool    // there are older ones
}

// History reads the caller's statement.
func (s *Service) History(ctx context.Context, by Caller, q HistoryQuery) (_ History, err error) {
	defer by.told(&err)
	if err := s.mayAsk(ctx, by, "history"); err != nil {
		return History{}, err
	}
	want := max(1, min(q.Count, LongestHistory))
	lines, err := statement.List(ctx, s.DB.Read(), int64(by.User.ID), statement.Filter{Before: q.Before, Way: q.Way, Peer: q.Peer,
		Limit: want + 1}) // one more tells whether there is more
	more := len(lines) > want
	return History{Entries: entriesOf(lines[:min(len(lines), want)]), More: more}, err
}

// Peer is somebody as the lines of a statement call them.
func (s *Service) Peer(text string) string {
	if a, err := address.Parse(text, s.Policy.Network); err == nil {
		return a.String()
	}
	if strings.EqualFold(text, statement.ByLightning) {
		return statement.ByLightning
	}
	return strings.TrimSuffix(address.Fold(i18n.Clip(text, 90)), "@"+s.Policy.Domain)
}
