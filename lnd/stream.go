package lnd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// messageMost bounds one message of a stream. A payment in many parts, each
// with its route, is the longest.
const messageMost = 8 << 20

// What deliver returns to end a stream well.
var (
	// ErrStop breaks the stream off.
	ErrStop = errors.New("lnd: stop the stream")
	// ErrLast says that LND ends the stream after this message by itself. It
	// is given a moment for that, so that the connection can be used again.
	ErrLast = errors.New("lnd: last message of the stream")
)

// ErrCut means that a stream ended before deliver ended it.
var ErrCut = errors.New("lnd: the stream was cut")

// moment is how long LND has to end a stream after its last message.
const moment = time.Second

// Stream sends in, unless nil, and hands over the messages of the answer as
// they come, until deliver returns an error. Only the context bounds it. LND
// ends a stream in the same way when it is done and when it stops, so the end
// is ErrCut. An error of LND is a *Reply, whether it comes first or later.
func (c *Conn) Stream(ctx context.Context, method, path string, in any, deliver func(json.RawMessage) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the stream on LND's side, too
	defer cancel()
	resp, err := c.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	err = Messages(resp.Body, func(m json.RawMessage) error {
		err := deliver(m)
		if errors.Is(err, ErrLast) {
			timer := time.AfterFunc(moment, cancel)
			defer timer.Stop()
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, errorMost))
		}
		return err
	})
	var reply *Reply
	if errors.As(err, &reply) {
		reply.HTTP = resp.StatusCode
		c.distrust(reply)
	}
	if errors.Is(err, ErrStop) || errors.Is(err, ErrLast) {
		return nil
	}
	return err
}

// Messages reads the messages of a stream: lines that hold a result or an
// error.
func Messages(r io.Reader, deliver func(json.RawMessage) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, messageMost)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var line struct {
			Result json.RawMessage
			Error  *Reply
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("%w: %w", ErrCut, err)
		}
		switch {
		case line.Error != nil:
			return line.Error
		case len(line.Result) == 0:
			return fmt.Errorf("%w: neither a result nor an error", ErrCut)
		}
		if err := deliver(line.Result); err != nil {
			return err
		}
	}
	return errors.Join(ErrCut, lines.Err())
}
