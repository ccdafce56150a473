package cut

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
)

// link is one client and its connection to the server.
type link struct {
	p              *Proxy
	client, server *net.TCPConn
}

// exchange is what the server owes an answer for.
type exchange struct {
	loss Loss
	lost bool
}

// run copies both ways, message by message, until one side ends or the loss
// strikes. A client sends one request, of one statement or several, and waits for its
// answer (pgx does), so there is one exchange at a time.
func (l link) run() {
	var now struct {
		sync.Mutex
		exchange
	}
	var answers sync.WaitGroup
	answers.Go(func() {
		defer l.server.Close()
		defer l.client.Close()
		for {
			kind, m, err := message(l.server)
			if err != nil {
				return
			}
			now.Lock()
			x := now.exchange
			now.Unlock()
			if !x.lost {
				if _, err := l.client.Write(m); err != nil {
					return
				}
			} else if kind == 'Z' { // ReadyForQuery: it was run to the end
				l.cut(x.loss)
				return
			}
		}
	})
	l.requests(func(x exchange) {
		now.Lock()
		now.exchange = x
		now.Unlock()
	})
	_ = l.client.Close()
	_ = l.server.Close()
	answers.Wait()
}

// requests forwards what the client asks, a whole request at a time.
func (l link) requests(start func(exchange)) {
	hello, err := startup(l.client)
	if err != nil {
		return
	}
	if _, err := l.server.Write(hello); err != nil {
		return
	}
	prepared := map[string]string{}
	var batch []byte
	var said []string // by the request
	for {
		kind, m, err := message(l.client)
		if err != nil {
			return
		}
		batch = append(batch, m...)
		switch body := m[5:]; kind {
		case 'P': // Parse
			name, rest := word(body)
			text, _ := word(rest)
			prepared[name] = text
			said = append(said, "PREPARE "+text)
		case 'B': // Bind
			_, rest := word(body) // the portal
			name, _ := word(rest)
			said = append(said, prepared[name])
		case 'C': // Close
			said = append(said, "CLOSE")
		case 'Q': // a simple query
			text, _ := word(body)
			said = append(said, text)
		}
		switch kind {
		case 'Q', 'S': // Query, Sync: now an answer is due
			loss, lost := l.p.meet(strings.Join(said, "; "))
			if lost && loss.Unseen {
				l.cut(loss)
				return
			}
			start(exchange{loss, lost})
		case 'X', 'p', 'H': // Terminate, a password, Flush
		default:
			continue
		}
		if _, err := l.server.Write(batch); err != nil {
			return
		}
		batch, said = nil, nil
	}
}

// cut ends the client's connection in the way of the loss.
func (l link) cut(loss Loss) {
	if loss.Reset {
		_ = l.client.SetLinger(0)
	}
	_ = l.client.Close()
	_ = l.server.Close()
}

// message reads one message: its kind, and all of it.
func message(r io.Reader) (byte, []byte, error) {
	m := make([]byte, 5)
	if _, err := io.ReadFull(r, m); err != nil {
		return 0, nil, err
	}
	return more(r, m, binary.BigEndian.Uint32(m[1:])-4)
}

// startup reads the first message, the one without a kind.
func startup(r io.Reader) ([]byte, error) {
	m := make([]byte, 4)
	if _, err := io.ReadFull(r, m); err != nil {
		return nil, err
	}
	_, m, err := more(r, m, binary.BigEndian.Uint32(m)-4)
	return m, err
}

func more(r io.Reader, m []byte, n uint32) (byte, []byte, error) {
	head := len(m)
	m = append(m, make([]byte, n)...)
	_, err := io.ReadFull(r, m[head:])
	return m[0], m, err
}

// word is a zero-ended string and what follows it.
func word(b []byte) (string, []byte) {
	w, rest, _ := bytes.Cut(b, []byte{0})
	return string(w), rest
}
