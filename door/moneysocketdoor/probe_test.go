package moneysocketdoor_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/moneysocket"
)

// probe is an app that is played by hand, frame by frame.
type probe struct {
	testing.TB
	moneysocket.Conn
	codec *moneysocket.Codec
	got   []moneysocket.Message // by barrier, without pongs and wallets
}

// dial opens a websocket and says nothing.
func dial(t testing.TB, to moneysocket.Location) *probe {
	t.Helper()
	c, err := moneysocket.Dialer{Limits: loose.Frames}.Dial(soon(t), to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &probe{TB: t, Conn: c}
}

// rendezvous is the frame that asks for it.
func rendezvous(id moneysocket.RendezvousID) []byte {
	m := moneysocket.NewRequest(moneysocket.RequestRendezvous)
	m.Rendezvous = id
	return m.Text()
}

// join goes to a rendezvous and waits for somebody.
func (p *probe) join(s moneysocket.Seed) {
	p.Helper()
	p.codec = moneysocket.NewCodec(s)
	p.write(rendezvous(s.Rendezvous()))
	p.hear(moneysocket.NotifyRendezvous)
}

// meet is an app that has seen the wallet.
func meet(t testing.TB, s moneysocket.Seed, to moneysocket.Location) *probe {
	t.Helper()
	p := dial(t, to)
	p.join(s)
	p.say(moneysocket.NewRequest(moneysocket.RequestProvider))
	p.hear(moneysocket.NotifyProvider)
	return p
}

func (p *probe) write(frame []byte) {
	p.Helper()
	if err := p.Write(soon(p), frame); err != nil {
		p.Fatal(err)
	}
}

func (p *probe) say(m moneysocket.Message) { p.Helper(); p.write(p.codec.Encode(m)) }

// next is the next message.
func (p *probe) next() moneysocket.Message {
	p.Helper()
	frame, err := p.Read(soon(p))
	if err != nil {
		p.Fatal(err)
	}
	m, err := p.codec.Decode(frame)
	if err != nil {
		p.Fatal(err)
	}
	return m
}

// hear waits for a message of that name.
func (p *probe) hear(name moneysocket.Name) moneysocket.Message {
	p.Helper()
	for {
		if m := p.next(); m.Name == name {
			return m
		}
	}
}

// barrier waits until all that was said before was heard.
func (p *probe) barrier() {
	p.Helper()
	ask := moneysocket.NewRequest(moneysocket.RequestPing)
	p.say(ask)
	for {
		switch m := p.next(); m.Name {
		case moneysocket.NotifyPong:
			if m.Ref == ask.UUID {
				return
			}
		case moneysocket.NotifyProvider:
		default:
			p.got = append(p.got, m)
		}
	}
}

// ended waits until the other side has closed.
func (p *probe) ended() {
	p.Helper()
	ctx := soon(p)
	for {
		if _, err := p.Read(ctx); err != nil {
			if ctx.Err() != nil {
				p.Error("the connection stays open")
			}
			return
		}
	}
}

// order is a request to pay somebody, and what proves it.
func order(name string, m amount.Msat) (ask moneysocket.Message, proof string) {
	ask = moneysocket.NewRequest(moneysocket.RequestPay)
	ask.Bolt11, proof = bill(name, m)
	return ask, proof
}

// upgraded is a websocket by hand, of which half a frame can be sent.
func upgraded(t testing.TB, to moneysocket.Location) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", to.URL()[len("ws://"):])
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", c.RemoteAddr())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gone reads until the other side has closed.
func gone(t testing.TB, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection stays open")
	}
	_ = c.Close()
}
