package socket

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/coder/websocket"
)

// envelope is a question or an answer in the form of LIME.
type envelope struct {
	ID       string          `json:"id"`
	From     string          `json:"from,omitempty"`
	To       string          `json:"to,omitempty"`
	Method   string          `json:"method"`
	URI      string          `json:"uri,omitempty"`
	Status   string          `json:"status,omitempty"`
	Type     string          `json:"type,omitempty"`
	Resource json.RawMessage `json:"resource,omitempty"`
}

// Answer answers each envelope with this one, under the id of the question.
func Answer(text string) (Handler, error) {
	var answer envelope
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return nil, fmt.Errorf("the answer is no envelope: %w", err)
	}
	return func(ctx context.Context, c *websocket.Conn) {
		answer := answer
		for {
			_, frame, err := c.Read(ctx)
			if err != nil {
				return
			}
			var question envelope
			if err := json.Unmarshal(frame, &question); err != nil {
				return
			}
			answer.ID = question.ID
			out, err := json.Marshal(answer)
			if err != nil || c.Write(ctx, websocket.MessageText, out) != nil {
				return
			}
		}
	}, nil
}
