package command

import (
	"context"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/wallet"
)

// Tx shows one movement in full.
var Tx = &Command{
	Name: "tx", Who: Member, Where: Anywhere, Access: wallet.Receive, ReadOnly: true, AsksNoNode: true,
	Fields: []Field{{Name: "number"}},
	Run:    tx,
}

func tx(ctx context.Context, c *Call) (Reply, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(c.Arg("number"), "#"), 10, 64)
	if err != nil {
		return Reply{}, c.usage()
	}
	return saying(c.movement)(c.Service.Tx(ctx, c.by, n))
}

// movement says a line, how far it is, and what proves it.
func (c *Call) movement(m wallet.Movement) Reply {
	args := entryArgs(m.Entry)
	r := say(entryKey(m.Entry), args)
	if m.Code != "" {
		args["cancel"], args["code"] = c.word("cancel"), m.Code
	}
	r.add(movementState(m), args)
	switch {
	case m.Incoming || m.TxID == "" && m.Hash == "" || m.State == wallet.EntryFailed: // it cost nothing
	case m.Hash != "" && m.Held > 0: // known when it has arrived
		r.add("tx.fee-most", args)
	default:
		r.add("tx.fee", args)
	}
	if m.TxID != "" {
		r.add("tx.txid", args)
	}
	if m.Seen > 0 {
		r.add("tx.relayed", args)
	}
	if m.Hash != "" {
		r.add("tx.hash", args)
	}
	if m.Preimage != "" {
		r.add("tx.preimage", args)
	}
	if m.Held > 0 {
		r.add("tx.held", args)
	}
	if m.App != "" {
		r.add("tx.app", map[string]any{"app": m.App})
	}
	return r
}

// movementState is the phrase for how far a movement is.
func movementState(m wallet.Movement) string {
	switch {
	case m.Pause == wallet.MayBeMade:
		return "tx.may-be-made"
	case m.Pause == wallet.Stopped:
		return "tx.stopped"
	case m.Waits: // it may have begun since the line was read
		return "tx.waits"
	}
	switch out := !m.Incoming && m.Hash != ""; {
	case out && m.State == wallet.EntryStuck:
		return "tx.lightning-stuck"
	case out && (m.State == wallet.EntryHeld || m.State == wallet.EntrySending || m.State == wallet.EntryInFlight):
		return "tx.lightning"
	}
	return "tx.state-" + string(m.State)
}
