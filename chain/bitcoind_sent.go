package chain

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// coreMove is one line of listsinceblock, as far as it says what left.
type coreMove struct {
	Address       string `json:",omitempty"` // missing where the script has none
	Category      string
	Amount        json.Number
	Fee           json.Number `json:",omitempty"` // of what the wallet sent
	Label         string      `json:",omitempty"`
	Comment       string      `json:",omitempty"` // of sendtoaddress and its like
	TxID          string
	Vout          uint32
	Confirmations int64
	Time          int64
	Abandoned     bool   `json:",omitempty"`
	ReplacedBy    string `json:"replaced_by_txid,omitempty"` // of what somebody raised the fee of, for ever
}

// isSent tells what has left, or may, from what cannot any more. Of a transaction that was
// replaced bitcoind says that it waits, until a block has the other one; where a block has
// the replaced one itself, it was sent after all.
func (m coreMove) isSent() bool {
	return m.Category == "send" && (m.Confirmations > 0 || m.Confirmations == 0 && !m.Abandoned && m.ReplacedBy == "")
}

// Sent asks listsinceblock for what has the category "send". A transaction all
// of whose outputs are change is not among them: only its fee left.
func (n *core) Sent(ctx context.Context, cursor string) ([]Sent, error) {
	if b, err := hex.DecodeString(cursor); err != nil || len(b) != 0 && len(b) != 32 {
		return nil, fmt.Errorf("chain: %q is no cursor of bitcoind", cursor)
	}
	var answer struct{ Transactions []coreMove }
	err := n.ask(ctx, &answer, "listsinceblock", cursor, Overlap+1)
	if code(err) == coreAddress && cursor != "" {
		return nil, fmt.Errorf("%w: %s", ErrOtherPast, cursor)
	}
	if err != nil {
		return nil, err
	}
	return sentOf(answer.Transactions)
}

func sentOf(moves []coreMove) ([]Sent, error) {
	back := map[Outpoint]bool{} // outputs that came to the wallet itself
	for _, m := range moves {
		if m.Category == "receive" {
			back[Outpoint{m.TxID, m.Vout}] = true
		}
	}
	var sent []Sent
	place := map[string]int{}
	for _, m := range moves {
		if !m.isSent() {
			continue
		}
		sat, err := satsOf(m.Amount)
		if err != nil {
			return nil, err
		}
		i, known := place[m.TxID]
		if !known {
			i, place[m.TxID] = len(sent), len(sent)
			sent = append(sent, Sent{TxID: m.TxID, Confirmations: m.Confirmations, At: m.Time, Inside: true})
			if m.Fee != "" {
				fee, err := satsOf(m.Fee)
				if err != nil {
					return nil, err
				}
				sent[i].Amount = -msats(fee)
			}
		}
		s := &sent[i]
		if s.Label == "" {
			s.Label = m.Comment
		}
		if !back[Outpoint{m.TxID, m.Vout}] {
			s.Amount, s.Inside = s.Amount-msats(sat), false
			s.Paid = append(s.Paid, Output{Address: m.Address, Amount: -msats(sat)})
		}
	}
	return sent, nil
}

// Spent asks gettransaction, whose details are the lines of listsinceblock without what
// all of them have in common.
func (n *core) Spent(ctx context.Context, txid string) (Sent, Prepared, error) {
	if b, err := hex.DecodeString(txid); err != nil || len(b) != 32 {
		return Sent{}, Prepared{}, fmt.Errorf("chain: %q is no txid", txid)
	}
	var answer struct {
		Confirmations int64
		Time          int64
		Comment       string `json:",omitempty"`
		ReplacedBy    string `json:"replaced_by_txid,omitempty"`
		Hex           string
		Details       []struct {
			Address   string `json:",omitempty"`
			Category  string
			Amount    json.Number
			Fee       json.Number `json:",omitempty"`
			Label     string      `json:",omitempty"`
			Vout      uint32
			Abandoned bool `json:",omitempty"`
		}
	}
	err := n.ask(ctx, &answer, "gettransaction", txid)
	if code(err) == coreAddress {
		err = ErrNotSent
	}
	if err != nil {
		return Sent{}, Prepared{}, err
	}
	var moves []coreMove
	for _, d := range answer.Details {
		moves = append(moves, coreMove{Address: d.Address, Category: d.Category, Amount: d.Amount, Fee: d.Fee, Label: d.Label, Comment: answer.Comment,
			TxID: txid, Vout: d.Vout, Confirmations: answer.Confirmations, Time: answer.Time, Abandoned: d.Abandoned,
			ReplacedBy: answer.ReplacedBy})
	}
	sent, err := sentOf(moves)
	if err == nil && len(sent) == 0 {
		err = ErrNotSent
	}
	if err != nil {
		return Sent{}, Prepared{}, err
	}
	raw, err := hex.DecodeString(answer.Hex)
	if err != nil {
		return Sent{}, Prepared{}, fmt.Errorf("%w: %w", ErrWrongTx, err)
	}
	p, err := whole(n.params, sent[0], raw)
	return sent[0], p, err
}

// Rescans asks getwalletinfo, whose scanning is false or says how far it is.
func (n *core) Rescans(ctx context.Context) (bool, error) {
	var answer struct{ Scanning json.RawMessage }
	if err := n.ask(ctx, &answer, "getwalletinfo"); err != nil {
		return false, err
	}
	return string(answer.Scanning) != "false", nil
}
