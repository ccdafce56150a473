package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var bolt11 = regexp.MustCompile(`(?i)lnbcrt[0-9a-z]{50,}`)

// remember keeps the last invoice and the last beacon of what somebody hears.
func (s *session) remember(text string) {
	if found := beacons.FindString(text); found != "" {
		s.mu.Lock()
		s.game.beacon = found
		s.mu.Unlock()
	}
	if found := bolt11.FindString(text); found != "" {
		s.mu.Lock()
		s.invoice = found
		s.mu.Unlock()
	}
}

var (
	errNoInvoice = errors.New("say receive SAT first, or paste an invoice")
	errNotPaid   = errors.New("not paid")
)

// strangerPays has a node that is nobody's here pay an invoice: one in the
// words, or the last that the gateway showed. A number says how many satoshis,
// for an invoice that leaves it open.
func (s *session) strangerPays(ctx context.Context, words []string) error {
	s.mu.Lock()
	invoice := s.invoice
	s.mu.Unlock()
	ask := map[string]any{"timeout_seconds": 30, "fee_limit_sat": "1000", "no_inflight_updates": true}
	for _, w := range words[1:] {
		if sat, err := strconv.ParseInt(w, 10, 64); err == nil {
			ask["amt"] = fmt.Sprint(sat)
		} else if found := bolt11.FindString(w); found != "" {
			invoice = found
		} else {
			return errNoInvoice
		}
	}
	if invoice == "" {
		return errNoInvoice
	}
	ask["payment_request"] = strings.ToLower(invoice)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var answer struct {
		Result struct {
			Status string
			Reason string `json:"failure_reason"`
			Msat   string `json:"value_msat"`
		}
	}
	if err := s.world.Net.Nodes[1].Call(ctx, http.MethodPost, "/v2/router/send", ask, &answer); err != nil {
		return err
	}
	if answer.Result.Status != "SUCCEEDED" {
		return fmt.Errorf("%w: %s", errNotPaid, answer.Result.Reason)
	}
	s.print("  (a stranger pays %s msat over Lightning)", answer.Result.Msat)
	return nil
}

// strangerAsks has that node make an invoice for the person in the chat.
func (s *session) strangerAsks(ctx context.Context, words []string) error {
	sat, memo := number(words, 1000), "tea"
	if len(words) > 2 {
		memo = strings.Join(words[2:], " ")
	}
	invoice, err := s.world.Net.Nodes[1].Invoice(ctx, int64(sat), memo)
	if err == nil {
		s.print("  (a stranger wants %d sat for %s: copy this line into the chat)\n%s", sat, memo, invoice)
	}
	return err
}
