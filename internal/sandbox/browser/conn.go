package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"
)

// largest is how large a message of the browser may be: a picture in base64.
const largest = 64 << 20

// conn speaks the Chrome DevTools Protocol: requests with an id, answers with
// the same id, and events.
type conn struct {
	ws   *websocket.Conn
	done chan struct{} // closed when the reader has ended

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan message
	pages   map[string]*Page // by session
	broken  error
}

type message struct {
	ID      int64           `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

func dial(ctx context.Context, url string) (*conn, error) {
	ws, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(largest)
	c := &conn{ws: ws, done: make(chan struct{}), waiting: map[int64]chan message{}, pages: map[string]*Page{}}
	go c.read()
	return c, nil
}

func (c *conn) close() {
	_ = c.ws.CloseNow()
	<-c.done
}

func (c *conn) read() {
	defer close(c.done)
	for {
		_, text, err := c.ws.Read(context.Background()) // ends when the connection does
		if err != nil {
			c.end(err)
			return
		}
		var m struct {
			message
			Params json.RawMessage `json:"params"`
		}
		if json.Unmarshal(text, &m) != nil {
			continue
		}
		c.mu.Lock()
		answer, page := c.waiting[m.ID], c.pages[m.Session]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if answer != nil {
			answer <- m.message
		} else if page != nil {
			page.event(m.Method, m.Params)
		}
	}
}

// end tells everybody who waits that there will be no answer.
func (c *conn) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = err
	for _, answer := range c.waiting {
		close(answer)
	}
	c.waiting = nil
}

// ask sends a request and reads its result into out, which may be nil.
func (c *conn) ask(ctx context.Context, session, method string, params, out any) error {
	answer := make(chan message, 1)
	c.mu.Lock()
	if c.broken != nil {
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, c.broken)
	}
	c.last++
	id := c.last
	c.waiting[id] = answer
	c.mu.Unlock()
	text, err := json.Marshal(message{ID: id, Session: session, Method: method, Params: params})
	if err != nil {
		return err
	}
	if err := c.ws.Write(ctx, websocket.MessageText, text); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: the browser is gone", method)
		case m.Error != nil:
			return fmt.Errorf("%s: %w", method, errors.New(m.Error.Message))
		case out == nil:
			return nil
		}
		return json.Unmarshal(m.Result, out)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (c *conn) keep(session string, p *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages[session] = p
}

func (c *conn) drop(session string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pages, session)
}
