package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/xmppserver"
)

// chatter is a user's connection with no more to it than it takes to count
// answers: a client that understands what it reads would take the processor
// from those who are measured.
type chatter struct {
	net.Conn
	name string
	to   string // whom it talks to
	buf  []byte // read and not understood yet
	sent int
}

// stuck is how long an answer may take before the measurement has failed.
const stuck = 20 * time.Second

// login registers a user and brings it online (RFC 6120).
func login(ctx context.Context, s *xmppserver.Server, name string) (c *chatter, err error) {
	const password = "secret"
	if err := s.Register(ctx, name, password); err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", s.C2S)
	if err != nil {
		return nil, err
	}
	c = &chatter{Conn: conn, name: name, to: s.Component}
	header := fmt.Sprintf("<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>", s.Domain)
	proof := base64.StdEncoding.EncodeToString([]byte("\x00" + name + "\x00" + password))
	for _, step := range []struct{ say, until string }{
		{header, "</stream:features>"},
		{"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + proof + "</auth>", "<success"},
		{header, "</stream:features>"},
		{"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench</resource></bind></iq>", "</iq>"},
		{"<presence/>", "<presence"},
	} {
		if err := c.exchange(step.say, step.until); err != nil {
			return nil, errors.Join(fmt.Errorf("%s logs in: %w", name, err), conn.Close())
		}
	}
	return c, nil
}

// exchange says something and reads until it has heard something.
func (c *chatter) exchange(say, until string) error {
	if err := c.SetDeadline(time.Now().Add(stuck)); err != nil {
		return err
	}
	if _, err := c.Write([]byte(say)); err != nil {
		return err
	}
	for {
		if i := bytes.Index(c.buf, []byte(until)); i >= 0 {
			c.buf = c.buf[:copy(c.buf, c.buf[i+len(until):])]
			return nil
		}
		if err := c.more(); err != nil {
			return err
		}
	}
}

func (c *chatter) more() error {
	c.buf = append(c.buf, make([]byte, 32<<10)...)
	at := len(c.buf) - 32<<10
	n, err := c.Read(c.buf[at:])
	c.buf = c.buf[:at+n]
	return err
}

var (
	messageBegins = []byte("<message")
	messageEnds   = []byte("</message>")
)

// answers waits for messages and gives those that answer something to each:
// no notices, no messages without words. It fails when one is an error.
func (c *chatter) answers(each func(message []byte)) error {
	for found := false; !found; {
		err := c.messages(func(m []byte, notice bool) {
			if !notice {
				found = true
				each(m)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// messages waits for messages with words and gives them to each.
func (c *chatter) messages(each func(message []byte, notice bool)) error {
	for {
		found, from := 0, 0
		for {
			i := bytes.Index(c.buf[from:], messageEnds)
			if i < 0 {
				break
			}
			whole := c.buf[from : from+i+len(messageEnds)]
			from += len(whole)
			whole = whole[max(0, bytes.LastIndex(whole, messageBegins)):]
			head, _, _ := bytes.Cut(whole, []byte(">"))
			switch {
			case bytes.Contains(head, []byte("type='error'")), bytes.Contains(head, []byte(`type="error"`)):
				return fmt.Errorf("%s got an error: %s", c.name, whole)
			case !bytes.Contains(whole, []byte("<body")):
				continue
			}
			found++
			each(whole, bytes.Contains(head, []byte("notice-")))
		}
		c.buf = c.buf[:copy(c.buf, c.buf[from:])]
		if found > 0 {
			return nil
		}
		if err := c.more(); err != nil {
			return fmt.Errorf("%s waits for an answer: %w", c.name, err)
		}
	}
}

// line appends a message to b, as a chat client writes it.
func (c *chatter) line(b []byte, text string) []byte {
	c.sent++
	return fmt.Appendf(b, "<message to='%s' type='chat' id='%s-%d'><body>%s</body><active xmlns='http://jabber.org/protocol/chatstates'/>"+
		"<origin-id xmlns='urn:xmpp:sid:0' id='%[2]s-%[3]d'/></message>", c.to, c.name, c.sent, text)
}

// ask says one line and returns the answer.
func (c *chatter) ask(text string) (answer string, err error) {
	if err := c.SetDeadline(time.Now().Add(stuck)); err != nil {
		return "", err
	}
	if _, err := c.Write(c.line(nil, text)); err != nil {
		return "", err
	}
	err = c.answers(func(m []byte) { answer = string(m) })
	return answer, err
}

// script is what somebody says: a first line, and a line after each answer.
type script interface {
	first() string
	after(answer []byte) (string, error)
}

// talk keeps a window of lines under way until it is over, and counts answers.
func (c *chatter) talk(s script, window int, over <-chan struct{}, count *atomic.Int64) error {
	var out []byte
	for range window {
		out = c.line(out, s.first())
	}
	for under := window; ; {
		if err := c.SetDeadline(time.Now().Add(stuck)); err != nil {
			return err
		}
		if len(out) > 0 {
			if _, err := c.Write(out); err != nil {
				return err
			}
		}
		out = out[:0]
		ended := false
		select {
		case <-over:
			ended = true
		default:
		}
		var failed error
		err := c.answers(func(m []byte) {
			count.Add(1)
			under--
			if ended || failed != nil {
				return
			}
			var next string
			if next, failed = s.after(m); failed == nil {
				out = c.line(out, next)
				under++
			}
		})
		if err := errors.Join(err, failed); err != nil || under == 0 {
			return err
		}
	}
}
