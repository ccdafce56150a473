package main

import (
	"bytes"
	"fmt"
	"time"
)

// receives asks for an invoice.
func (c *chatter) receives() error {
	said, err := c.ask(fmt.Sprintf("receive %d tea", paySat))
	if err == nil && !bytes.Contains([]byte(said), []byte("lnbcrt")) {
		err = fmt.Errorf("no invoice: %s", said)
	}
	return err
}

var (
	paying  = []byte("Paying ")
	notPaid = []byte("Not paid")
)

// pays orders the payment of an invoice, confirms it, and waits for the final
// word.
func (c *chatter) pays(invoice string) error {
	said, err := c.ask("pay " + invoice)
	if err != nil {
		return err
	}
	code := recap.FindStringSubmatch(said)
	if code == nil {
		return fmt.Errorf("no recap: %s", said)
	}
	if err := c.SetDeadline(time.Now().Add(stuck)); err != nil {
		return err
	}
	if _, err := c.Write(c.line(nil, "confirm "+code[1])); err != nil {
		return err
	}
	var answered, ended bool // in this order or the other
	var failed error
	for failed == nil && (!answered || !ended) {
		err := c.messages(func(m []byte, notice bool) {
			switch {
			case !notice && bytes.Contains(m, paying):
				answered = true
			case notice && paid.Match(m):
				ended = true
			case !notice, bytes.Contains(m, notPaid):
				failed = fmt.Errorf("%s hears: %s", c.name, m)
			}
		})
		if err != nil {
			return err
		}
	}
	return failed
}
