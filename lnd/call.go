package lnd

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/bitcoim/bitcoim/answer"
)

// Limits of what is read: an error, and an answer. The longest answers are
// lists of a wallet's transactions.
const (
	errorMost  = 64 << 10
	answerMost = 256 << 20
)

// Call sends in, unless nil, and decodes the answer into out by answer.Decode: LND's
// REST interface says zeros, too (EmitUnpopulated), so what it leaves out it does not
// have. The error is a *Reply when LND refused.
func (c *Conn) Call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	resp, err := c.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, answerMost)) // to its end, so that the connection is used again
	if err == nil {
		err = answer.Decode(said, out)
	}
	if err != nil {
		return fmt.Errorf("lnd: answer to %s: %w", path, err)
	}
	return nil
}

// send asks once. The caller closes the body.
func (c *Conn) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	client, err := c.trusting()
	if err != nil {
		return nil, err
	}
	macaroon, err := c.credential()
	if err != nil && path != state { // which is for all to see
		return nil, err
	}
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	req.GetBody = nil // net/http cannot begin anew without
	req.Header.Set("Grpc-Metadata-macaroon", macaroon)
	resp, err := client.Do(req)
	if err != nil {
		c.distrust(err)
		if errors.As(err, new(*tls.CertificateVerificationError)) {
			err = fmt.Errorf("lnd: who answers has another certificate than lnd.cert_file: %w", err)
		}
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, errorMost))
	reply := replyOf(resp.StatusCode, text)
	c.distrust(reply)
	return nil, reply
}

const state = "/v1/state"

// State asks how far LND is with its start (lnrpc.State, which needs no
// macaroon): "NON_EXISTING", "LOCKED", "UNLOCKED", "RPC_ACTIVE",
// "SERVER_ACTIVE" or "WAITING_TO_START"; empty if it does not say.
func (c *Conn) State(ctx context.Context) string {
	var said struct{ State string }
	if c.Call(ctx, http.MethodGet, state, nil, &said) != nil {
		return ""
	}
	return said.State
}
