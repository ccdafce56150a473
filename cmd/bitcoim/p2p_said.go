package main

import (
	"encoding/json"
	"fmt"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

// describe is a report in words.
func describe(r p2p.Report) string {
	text := r.String()
	if r.Seen > 0 {
		text += fmt.Sprintf(" (%.1f s)", r.FirstSeen.Sub(r.FirstSent).Seconds())
	}
	if r.Conflict != "" {
		text += ", conflict with " + r.Conflict
	}
	for _, no := range r.Rejections {
		text += fmt.Sprintf(", %s: %s %s", no.Peer, no.Code, no.Reason)
	}
	if r.Level > p2p.Queued && r.Level < p2p.Seen && len(r.Rejections) == 0 && r.Conflict == "" {
		text += "; " + silence(r)
	}
	return text
}

// silence is what it may mean that nobody announces a transaction.
func silence(r p2p.Report) string {
	if r.Watching == 0 {
		return "nobody was left to watch, so whether they took it is not known: name one more -peer"
	}
	return "whether they took it is not known: a node that refuses (too low a fee, a coin that is spent, a bad signature) says nothing"
}

// least is the smallest fee, in satoshis per 1,000 vbytes, that a peer takes
// as it says itself (feefilter, BIP 133); 0 if nobody is there to say.
func (s *sending) least() int64 {
	least := int64(-1)
	for _, peer := range s.client.Peers() {
		if peer.Relay && (least < 0 || peer.FeeFilter < least) {
			least = peer.FeeFilter
		}
	}
	return max(least, 0)
}

// cheap says that a transaction was not sent at all.
func (s *sending) cheap(tx *wire.MsgTx, pays, least int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong++
	trouble := fmt.Sprintf("it pays %d sat per 1000 vB, and no peer takes less than %d", pays, least)
	if s.asJSON {
		_ = json.NewEncoder(s.p.out).Encode(p2p.Report{Txid: tx.TxHash().String(), Wtxid: tx.WitnessHash().String(), Trouble: trouble})
	} else {
		fmt.Fprintln(s.p.out, tx.TxHash(), "queued: not sent:", trouble)
	}
}
