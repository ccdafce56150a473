package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/paymentorder"
)

const statesHead = `<!-- Written by internal/gendocs: make generate. -->

# The states of a payment order

An order that pays a user of the gateway is done when it is confirmed: one
transfer takes the money from the payer and gives it to the payee. One that pays an
address stops at each state until the chain says more, one that pays an invoice, a
neighbour's too, until the Lightning node does. Silence of a node is no answer:
such an order stays where it is, its money set aside, and is asked about again.
`

// machines are the headings of the diagrams.
var machines = map[paymentorder.Kind]string{
	paymentorder.Inside:    "A user of the gateway",
	paymentorder.OnChain:   "An address",
	paymentorder.Lightning: "An invoice",
}

// states say what each state means and where the money is.
var states = []struct {
	state       paymentorder.State
	what, money string
}{
	{paymentorder.New, "waits for its code", "with the payer"},
	{paymentorder.Held, "confirmed, nothing is signed or begun yet", "set aside, with the most that the fee can be"},
	{paymentorder.Sending, "the signed transaction is stored, or that the invoice is about to be paid", "set aside"},
	{paymentorder.InFlight, "the node has the transaction, and no block has it; or the payment is on its way through channels", "set aside"},
	{paymentorder.Confirming, "in a block, which a reorganisation could still take", "gone, what the fee did not need is back"},
	{paymentorder.Done, "paid, for good", "gone"},
	{paymentorder.Failed, "not paid: nothing that anybody saw was signed, its payer had it back with `cancel` before it began, the node says that the payment failed, or an operator proved that it can never be mined", "back with the payer"},
	{paymentorder.Cancelled, "dropped by the payer before the code", "never left the payer"},
	{paymentorder.Expired, "the code did not come in time", "never left the payer"},
	{paymentorder.Stuck, "the chain has another transaction with the same coins, or the Lightning node contradicts itself, has forgotten the payment, made it before the order began, or can not tell whether it did and may not pay it any more; an operator has to look", "set aside"},
}

// orderStates is the page of the machine that an order is.
func orderStates(words *i18n.Catalogue) (string, error) {
	var b strings.Builder
	b.WriteString(statesHead)
	drawn := ""
	for _, k := range paymentorder.Kinds {
		fmt.Fprintf(&b, "\n## %s\n\n```mermaid\n%s```\n", machines[k], k.Mermaid())
		drawn += k.Mermaid()
	}
	b.WriteString("\n## What the states mean\n\n")
	b.WriteString("| state | what it means | where the money is | what the payer reads |\n| --- | --- | --- | --- |\n")
	known := map[string]bool{"[*]": true}
	for _, s := range states {
		known[string(s.state)] = true
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.state, s.what, s.money, reads(words, s.state))
	}
	for line := range strings.Lines(drawn) {
		from, rest, ok := strings.Cut(strings.TrimSpace(line), " --> ")
		to, _, _ := strings.Cut(rest, ":")
		if ok && (!known[from] || !known[to]) {
			return "", fmt.Errorf("a state of %q is not explained", strings.TrimSpace(line))
		}
	}
	var live []string
	for _, s := range paymentorder.Live {
		live = append(live, "`"+string(s)+"`")
	}
	slices.Sort(live)
	fmt.Fprintf(&b, "\nMoney is set aside in %s, and in no other state.\n", strings.Join(live, ", "))
	return b.String(), nil
}

// reads is what tx, or a wrong code, says of an order in that state.
func reads(words *i18n.Catalogue, s paymentorder.State) string {
	p := words.Printer(i18n.Reference, "")
	args := map[string]any{"code": "k7fw", "confirmations": int64(2)}
	for _, key := range []string{"order." + string(s), "tx.state-" + string(s)} {
		if p.Has(key) {
			return p.Say(key, args)
		}
	}
	return ""
}
