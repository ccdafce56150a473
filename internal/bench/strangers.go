package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/bitcoim/bitcoim/internal/bench/bare"
)

// offerPath is where a wallet asks what somebody takes (LUD-16).
const offerPath = "/.well-known/lnurlp/user0"

// strangers ask a web door. Each request comes from an address of its own, as
// a proxy says, so that no limit of one address is measured.
type strangers struct {
	url    string
	client http.Client
	asked  atomic.Uint32
}

func newStrangers(url string) *strangers {
	return &strangers{url: url, client: http.Client{Timeout: stuck, Transport: &http.Transport{MaxIdleConnsPerHost: askers}}}
}

func (s *strangers) leave() { s.client.CloseIdleConnections() }

func (s *strangers) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	n := s.asked.Add(1)
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s is answered %s: %s", path, resp.Status, body)
	}
	return body, err
}

// offer asks what somebody takes.
func (s *strangers) offer(ctx context.Context, _ int) error {
	return s.hears(ctx, offerPath, `"payRequest"`)
}

// callback asks for an invoice, of one user after the other.
func (s *strangers) callback(ctx context.Context, _ int) error {
	return s.hears(ctx, fmt.Sprintf("/lnurlp/%s?amount=%d", name(int(s.asked.Load())%people), paySat*1000), `"pr":"lnbcrt`)
}

func (s *strangers) hears(ctx context.Context, path, part string) error {
	body, err := s.get(ctx, path)
	if err == nil && !bytes.Contains(body, []byte(part)) {
		err = fmt.Errorf("%s is answered %s", path, body)
	}
	return err
}

func (r *room) withBare(ctx context.Context, addr, answer string, do func(pid int) error) error {
	return r.with(ctx, bare.Ready, do, "bare", addr, answer)
}
