package main

import (
	"fmt"
	"regexp"
)

// balances asks the same again and again.
type balances struct{}

func (balances) first() string                { return "balance" }
func (balances) after([]byte) (string, error) { return "balance", nil }

// payments orders payments to a neighbour and confirms each.
type payments struct{ to string }

var (
	recap = regexp.MustCompile(`confirm ([a-z0-9]{4})\b`)
	paid  = regexp.MustCompile(`Paid `)
)

func (p payments) first() string { return "pay 1 " + p.to }

func (p payments) after(answer []byte) (string, error) {
	if paid.Match(answer) {
		return p.first(), nil
	}
	if m := recap.FindSubmatch(answer); m != nil {
		return "confirm " + string(m[1]), nil
	}
	return "", fmt.Errorf("neither a recap nor a receipt: %s", answer)
}
