package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/btcsuite/btcd/rpcclient"

	"github.com/bitcoim/bitcoim/answer"
)

// coreRPC calls bitcoind through btcsuite's rpcclient in POST mode.
//
// A Client knows no context, does one thing after the other, keeps a cookie
// for half a minute, and posts a request up to ten times when no answer comes
// (sendPostRequestTries), with seconds in between. So every call has a Client
// of its own, which is two goroutines and no connection, and shutting it down
// is what ends a call, its repetitions, and the goroutines. What is called
// here must still bear being repeated: sendtoaddress, sendmany and send do
// not, and are never called.
type coreRPC struct {
	address string // host:port
	path    string // of the wallet
	user    string
	pass    string
	cookie  string
	timeout time.Duration
}

func newCoreRPC(cfg BitcoindConfig, timeout time.Duration) (*coreRPC, error) {
	raw := cfg.URL
	if !strings.Contains(raw, "://") {
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" || u.Port() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("chain: bitcoind url %q: want http://host:port", cfg.URL)
	}
	r := &coreRPC{address: u.Host, user: cfg.User, pass: cfg.Password, cookie: cfg.CookieFile, timeout: timeout}
	if cfg.Wallet != "" {
		r.path = "/wallet/" + url.PathEscape(cfg.Wallet)
	}
	switch {
	case r.pass != "" && r.cookie != "":
		return nil, errors.New("chain: bitcoind needs a password or a cookie file, not both")
	case r.pass == "" && r.cookie == "":
		return nil, errors.New("chain: bitcoind needs a user and password, or a cookie file")
	}
	return r, nil
}

// errSilent means that no answer came.
var errSilent = errors.New("bitcoind: no answer")

// call posts a method with positional parameters and decodes the result into
// out (answer.Decode). The error is a *btcjson.RPCError when bitcoind said no,
// and errSilent when it said nothing.
func (r *coreRPC) call(ctx context.Context, out any, method string, params ...any) error {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	raws := make([]json.RawMessage, 0, len(params))
	for _, p := range params {
		raw, err := json.Marshal(p)
		if err != nil {
			return err
		}
		raws = append(raws, raw)
	}
	address, err := r.probe(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errSilent, err)
	}
	client, err := rpcclient.New(&rpcclient.ConnConfig{
		Host: address + r.path, User: r.user, Pass: r.pass, CookiePath: r.cookie,
		HTTPPostMode: true, DisableTLS: true,
	}, nil)
	if err != nil {
		return err
	}
	defer client.WaitForShutdown()
	defer client.Shutdown()
	result, err := receive(ctx, client.RawRequestAsync(method, raws))
	if err != nil {
		return err
	}
	if err := answer.Decode(result, out); err != nil {
		return fmt.Errorf("bitcoind: answer to %s: %w", method, err)
	}
	return nil
}

// probe resolves the host and knocks, for a Client would try a closed port
// for 22 seconds.
func (r *coreRPC) probe(ctx context.Context) (string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", r.address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	return conn.RemoteAddr().String(), nil
}

// receive waits for an answer or the end of the context.
func receive(ctx context.Context, future rpcclient.FutureRawResult) (json.RawMessage, error) {
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", errSilent, ctx.Err())
	case r := <-future:
		// Only ReceiveFuture can open a Response.
		opened := make(chan *rpcclient.Response, 1)
		opened <- r
		return rpcclient.ReceiveFuture(opened)
	}
}
