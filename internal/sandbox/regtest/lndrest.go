package regtest

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

// Call asks the REST API. in is the request as JSON, nil for none; the answer
// is decoded into out, nil for don't care. Streams are not for Call.
func (l *LND) Call(ctx context.Context, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://"+l.RESTAddr+path, &body)
	if err != nil {
		return err
	}
	macaroon, err := os.ReadFile(l.MacaroonPath)
	if err != nil {
		return err
	}
	req.Header.Set("Grpc-Metadata-Macaroon", hex.EncodeToString(macaroon))
	tls, err := trust(l.TLSCertPath)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: tls, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("lnd %s %s: %s: %s", method, path, resp.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

// Address returns a fresh address of the node's wallet.
func (l *LND) Address(ctx context.Context) (string, error) {
	var answer struct{ Address string }
	err := l.Call(ctx, "GET", "/v1/newaddress", nil, &answer)
	return answer.Address, err
}

// Balance is what the node's wallet holds in confirmed and unconfirmed
// satoshis.
func (l *LND) Balance(ctx context.Context) (confirmed, unconfirmed int64, err error) {
	var answer struct {
		Confirmed   int64 `json:"confirmed_balance,string"`
		Unconfirmed int64 `json:"unconfirmed_balance,string"`
	}
	err = l.Call(ctx, "GET", "/v1/balance/blockchain", nil, &answer)
	return answer.Confirmed, answer.Unconfirmed, err
}

// Fund gives the node's wallet sat satoshis, mines a block and waits until the
// node knows.
func (l *LND) Fund(ctx context.Context, sat int64) error {
	before, _, err := l.Balance(ctx)
	if err != nil {
		return err
	}
	addr, err := l.Address(ctx)
	if err != nil {
		return err
	}
	if _, err := l.chain.Fund(ctx, addr, sat); err != nil {
		return err
	}
	if _, err := l.chain.Mine(ctx, 1); err != nil {
		return err
	}
	return l.process.Ready(ctx, func(ctx context.Context) error {
		now, _, err := l.Balance(ctx)
		if err == nil && now < before+sat {
			err = fmt.Errorf("balance is %d sat, not yet %d", now, before+sat)
		}
		return err
	})
}
