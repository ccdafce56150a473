package p2p

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
)

// Ask changes how a Request is made.
type Ask func(*ask)

type ask struct{ from string }

// From asks this peer and no other. It must be connected.
func From(addr string) Ask { return func(a *ask) { a.from = addr } }

// Request asks a question and returns the first answer and who gave it: a
// getdata for one transaction or block, getheaders, getaddr, or ping. The
// peers are asked one after the other, the fastest first, until one has it.
// The answer belongs to the question; apart from that it is hearsay.
//
// The errors are ErrUsage, ErrNoPeer, ErrNotFound, and that of ctx.
func (c *Client) Request(ctx context.Context, m wire.Message, how ...Ask) (wire.Message, Peer, error) {
	var a ask
	for _, h := range how {
		h(&a)
	}
	command, fits, err := matcher(m)
	if err != nil {
		return nil, Peer{}, err
	}
	c.mu.Lock()
	peers := c.ranked()
	c.mu.Unlock()
	if a.from != "" {
		peers = slices.DeleteFunc(peers, func(s *session) bool { return s.addr != a.from })
	}
	if len(peers) == 0 {
		return nil, Peer{}, ErrNoPeer
	}
	for _, s := range peers {
		answer, err := c.ask(ctx, s, m, &question{command: command, fits: fits, answer: make(chan wire.Message, 1)})
		if ctx.Err() != nil {
			return nil, Peer{}, ctx.Err()
		}
		if _, none := answer.(*wire.MsgNotFound); err == nil && !none {
			return answer, s.describe(), nil
		}
	}
	return nil, Peer{}, ErrNotFound
}

var errNoAnswer = errors.New("no answer")

// ask asks one peer.
func (c *Client) ask(ctx context.Context, s *session, m wire.Message, q *question) (wire.Message, error) {
	if !s.asked.add(q) {
		return nil, errCongested
	}
	defer s.asked.remove(q)
	if !s.out.put(m) {
		return nil, errCongested
	}
	timer := time.NewTimer(c.cfg.Times.Answer)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, errNoAnswer
	case <-s.gone:
		return nil, errNoAnswer
	case answer := <-q.answer:
		return answer, nil
	}
}

// matcher says what answers a question.
func matcher(m wire.Message) (command string, fits func(wire.Message) bool, err error) {
	switch m := m.(type) {
	case *wire.MsgGetData:
		if len(m.InvList) != 1 {
			break
		}
		iv := m.InvList[0]
		missing := func(answer wire.Message) bool {
			none, ok := answer.(*wire.MsgNotFound)
			return ok && holds(none.InvList, iv.Hash)
		}
		switch iv.Type {
		case wire.InvTypeTx, wire.InvTypeWitnessTx, invWtx:
			return wire.CmdTx, func(answer wire.Message) bool {
				tx, ok := answer.(*wire.MsgTx)
				return ok && (tx.TxHash() == iv.Hash || iv.Type == invWtx && tx.WitnessHash() == iv.Hash) || missing(answer)
			}, nil
		case wire.InvTypeBlock, wire.InvTypeWitnessBlock:
			return wire.CmdBlock, func(answer wire.Message) bool {
				b, ok := answer.(*wire.MsgBlock)
				return ok && b.BlockHash() == iv.Hash || missing(answer)
			}, nil
		}
	case *wire.MsgGetHeaders:
		return wire.CmdHeaders, func(answer wire.Message) bool {
			h, ok := answer.(*wire.MsgHeaders)
			if !ok || len(h.Headers) == 0 {
				return ok
			}
			if len(m.BlockLocatorHashes) == 0 {
				return h.Headers[0].BlockHash() == m.HashStop
			}
			return true
		}, nil
	case *wire.MsgGetAddr:
		return wire.CmdAddr, func(answer wire.Message) bool {
			switch a := answer.(type) {
			case *wire.MsgAddr:
				return len(a.AddrList) > 1 // one alone is the peer itself, unasked
			case *wire.MsgAddrV2:
				return len(a.AddrList) > 1
			}
			return false
		}, nil
	case *wire.MsgPing:
		return wire.CmdPong, func(answer wire.Message) bool {
			p, ok := answer.(*wire.MsgPong)
			return ok && p.Nonce == m.Nonce
		}, nil
	}
	return "", nil, fmt.Errorf("%w: %s is no question that has an answer", ErrUsage, m.Command())
}
