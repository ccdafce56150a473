package chain

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// lndREST asks LND over its REST gateway. Files are read when they are first
// needed and again after they failed, because LND writes them itself: the
// certificate when it renews, the macaroon when the wallet is made.
type lndREST struct {
	base     string // scheme and host
	certFile string
	macFile  string
	timeout  time.Duration

	mu       sync.Mutex
	macaroon string // hexadecimal
	client   *http.Client
}

// lndReply is what LND says instead of an answer. Code is gRPC's.
type lndReply struct {
	HTTP    int    `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *lndReply) Error() string {
	return fmt.Sprintf("lnd: %s (code %d, http %d)", e.Message, e.Code, e.HTTP)
}

// errLNDFiles means that the certificate or the macaroon cannot be used.
var errLNDFiles = errors.New("lnd: cannot use certificate or macaroon")

func newLNDREST(cfg LNDConfig, timeout time.Duration) (*lndREST, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("chain: lnd url %q: want https://host:port", cfg.URL)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("chain: lnd url %q: a macaroon travels by https only", cfg.URL)
	}
	mac := strings.TrimSpace(cfg.Macaroon)
	if _, err := hex.DecodeString(mac); err != nil {
		return nil, errors.New("chain: lnd macaroon is not hexadecimal")
	}
	if mac == "" && cfg.MacaroonFile == "" {
		return nil, errors.New("chain: lnd needs a macaroon")
	}
	return &lndREST{
		base: u.Scheme + "://" + u.Host, certFile: cfg.CertFile, macFile: cfg.MacaroonFile,
		macaroon: mac, timeout: timeout,
	}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// call sends in, unless nil, and decodes the answer into out. Nothing is ever
// sent twice. The error is a *lndReply when LND answered.
func (l *lndREST) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	client, err := l.trusting()
	if err != nil {
		return err
	}
	macaroon, err := l.credential()
	if err != nil && path != lndState { // which is for all to see
		return err
	}
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, l.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Grpc-Metadata-macaroon", macaroon)
	resp, err := client.Do(req)
	if err != nil {
		l.distrust(err)
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		reply := &lndReply{HTTP: resp.StatusCode}
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		if json.Unmarshal(text, reply) != nil || reply.Message == "" {
			reply.Message = strings.TrimSpace(string(text))
		}
		l.distrust(reply)
		return reply
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("lnd: answer to %s: %w", path, err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10)) // so that the connection is used again
	return nil
}
