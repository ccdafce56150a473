package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"

	"github.com/bitcoim/bitcoim/lightning"
)

// receipts is `bitcoim moneysocket receipts`: it books what a provider says was
// paid, from its receipts or its log, in the journal of the backend.
func receipts(p *program, args []string) error {
	if len(args) != 2 {
		return p.wrong("moneysocket")
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	proofs := proofsIn(text)
	received, paid, err := lightning.TakeProofs(args[0], proofs)
	for _, h := range received {
		fmt.Fprintf(p.out, "received  %s\n", h)
	}
	for _, h := range paid {
		fmt.Fprintf(p.out, "paid      %s\n", h)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%d preimages read, %d were news\n", len(proofs), len(received)+len(paid))
	return nil
}

// told are the places in which a Terminus writes the preimage of a payment that
// was made: its log, and a line that has nothing else.
var told = regexp.MustCompile(`(?m)(?:node received payment: |not keeping receipt: .*'type': 'preimage_notified'.*'preimage': '|^\s*)([0-9a-fA-F]{64})(?:[ ']|\s*$)`)

// proofsIn finds the preimages in the answer of `terminus-cli
// getaccountreceipts`, or in a log. No other number is taken: a preimage of an
// invoice that nobody paid would be taken for a receipt.
func proofsIn(text []byte) []lightning.Preimage {
	var found []string
	var account struct {
		Receipts [][]struct {
			Type     string
			Preimage string
		}
	}
	if json.Unmarshal(text, &account) == nil {
		for _, session := range account.Receipts {
			for _, entry := range session {
				if entry.Type == "preimage_notified" {
					found = append(found, entry.Preimage)
				}
			}
		}
	} else {
		for _, m := range told.FindAllSubmatch(text, -1) {
			found = append(found, string(m[1]))
		}
	}
	var all []lightning.Preimage
	for _, text := range found {
		if h, err := lightning.ParseHash(text); err == nil { // of the same form
			all = append(all, lightning.Preimage(h))
		}
	}
	return all
}
