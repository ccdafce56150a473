package regtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"
)

// RPC is how a node is called. The fields are what rpcclient.ConnConfig wants.
// Call is our own because rpcclient posts a request again when an answer is
// lost: a test that mines one block must not get two.
type RPC struct {
	Host string // host:port
	User string
	Pass string
	Cert string // file with the TLS certificate, "" for plain HTTP
}

// RPCError is what a node answers when it refuses.
type RPCError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *RPCError) Error() string { return fmt.Sprintf("%s (%d)", e.Message, e.Code) }

// Call posts one request, once. It decodes the answer into result, which may
// be nil.
func (r RPC) Call(ctx context.Context, method string, result any, params ...any) error {
	return r.call(ctx, "/", method, result, params)
}

// Wallet is Call for a bitcoind wallet.
func (r RPC) Wallet(ctx context.Context, wallet, method string, result any, params ...any) error {
	return r.call(ctx, "/wallet/"+wallet, method, result, params)
}

// batch calls one method many times in one request.
func (r RPC) batch(ctx context.Context, method string, params [][]any) ([]string, error) {
	if len(params) == 0 {
		return nil, nil
	}
	requests := make([]request, len(params))
	for i, p := range params {
		requests[i] = request{"2.0", i, method, p}
	}
	var answers []answer
	if err := r.post(ctx, "/", requests, &answers); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	results := make([]string, len(params))
	for _, a := range answers {
		if a.Error != nil {
			return nil, fmt.Errorf("%s: %w", method, a.Error)
		}
		if a.ID < 0 || a.ID >= len(results) {
			return nil, fmt.Errorf("%s: answer to a request %d that was never sent", method, a.ID)
		}
		if err := json.Unmarshal(a.Result, &results[a.ID]); err != nil {
			return nil, fmt.Errorf("%s: %w", method, err)
		}
	}
	return results, nil
}

type request struct {
	Version string `json:"jsonrpc"`
	ID      int    `json:"id"`
	Method  string `json:"method"`
	Params  []any  `json:"params"`
}

type answer struct {
	ID     int
	Result json.RawMessage
	Error  *RPCError
}

func (r RPC) call(ctx context.Context, path, method string, result any, params []any) error {
	if params == nil {
		params = []any{}
	}
	var a answer
	if err := r.post(ctx, path, request{"1.0", 1, method, params}, &a); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if a.Error != nil {
		return fmt.Errorf("%s: %w", method, a.Error)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(a.Result, result)
}

// post sends one HTTP request. A refusal comes as JSON too, with a status
// that is not 200.
func (r RPC) post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	transport, scheme := &http.Transport{DisableKeepAlives: true}, "http"
	if r.Cert != "" {
		scheme = "https"
		if transport.TLSClientConfig, err = trust(r.Cert); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, scheme+"://"+r.Host+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(r.User, r.Pass)
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("%s: %w", resp.Status, err)
	}
	return nil
}

// trust accepts one self-signed certificate and no other.
func trust(file string) (*tls.Config, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	cache, _ := sessions.LoadOrStore(file, tls.NewLRUClientSessionCache(1))
	return &tls.Config{RootCAs: pool, ClientSessionCache: cache.(tls.ClientSessionCache)}, nil
}

// sessions are kept by certificate: btcd's has a P-521 key, and to check it
// for each call is most of what a test would do.
var sessions sync.Map
