package egress

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Limits of an answer.
const (
	longestURL    = 4096
	longestHeader = 16 << 10
	longestBody   = 64 << 10
	patience      = 10 * time.Second
)

// Client fetches small documents over HTTPS. It follows no redirect, keeps no
// cookie and no connection, uses no proxy, and sends nothing but its name.
type Client struct {
	http    http.Client
	agent   string
	limit   int64
	timeout time.Duration
	going   budget
}

// Options of a Client. The zero Options are good.
type Options struct {
	Roots   *x509.CertPool // nil: the system's
	Agent   string         // User-Agent; "" means bitcoim
	Limit   int64          // longest body in bytes; 0 means 64 KiB
	Timeout time.Duration  // of a whole request; 0 means 10 s
}

// New returns a Client that dials with d.
func New(d *Dialer, o Options) *Client {
	if o.Agent == "" {
		o.Agent = "bitcoim"
	}
	if o.Limit == 0 {
		o.Limit = longestBody
	}
	if o.Timeout == 0 {
		o.Timeout = patience
	}
	return &Client{agent: o.Agent, limit: o.Limit, timeout: o.Timeout, http: http.Client{
		CheckRedirect: NoRedirect, Transport: NewTransport(d, o.Roots),
	}}
}

// Fetch gets a document. Its HTTP status says nothing to LNURL (LUD-01), so
// the body is returned whatever it is; only a redirect is an error. Errors
// other than ErrBusy, ErrForbidden, ErrURL, ErrRedirect, ErrEncoded and ErrTooLong
// mean that the other side could not be reached, was too slow or not itself.
func (c *Client) Fetch(ctx context.Context, address string) ([]byte, error) {
	if err := checkURL(address); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	host, who := strings.ToLower(req.URL.Hostname()), Asker(ctx)
	if !c.going.take(host, who) {
		return nil, ErrBusy
	}
	defer c.going.give(host, who)
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unlinked(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return nil, fmt.Errorf("%w: status %d", ErrRedirect, resp.StatusCode)
	}
	if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, fmt.Errorf("%w: %.40q", ErrEncoded, e)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.limit+1))
	// A server that sees us leave may end its answer in good order, and half of
	// it looks whole then.
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return nil, fmt.Errorf("egress: read the answer: %w", err)
	}
	if int64(len(body)) > c.limit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLong, c.limit)
	}
	return body, nil
}

// checkURL refuses what is not a plain https URL with a host name.
func checkURL(address string) error {
	if len(address) > longestURL {
		return fmt.Errorf("%w: %d bytes", ErrURL, len(address))
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return ErrURL // url.Parse repeats what it was given
	case u.Scheme != "https" || u.Opaque != "":
		return fmt.Errorf("%w: not https", ErrURL)
	case u.User != nil:
		return fmt.Errorf("%w: with a password", ErrURL)
	case u.Hostname() == "":
		return fmt.Errorf("%w: no host", ErrURL)
	}
	return nil
}

// unlinked takes the URL out of an error of net/http: it may hold secrets of
// the one who asked, and errors end up in logs.
func unlinked(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("egress: %w", err)
}
