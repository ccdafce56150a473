package p2p

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/btcsuite/btcd/wire/v2"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"
)

// version is the protocol that we speak: the first with wtxidrelay (BIP 339)
// and addrv2 (BIP 155).
const version = wire.AddrV2Version

// session is one connection to a peer. What the handshake found out does not
// change once the session is ready.
type session struct {
	c       *Client
	addr    string
	group   string
	main    bool
	private bool // one transaction through a proxy, and away
	serial  uint64
	net.Conn
	frames frames

	// by the handshake
	agent    string
	services wire.ServiceFlag
	pver     uint32
	relay    bool // it wants transactions
	byWtxid  bool // BIP 339
	v2       bool
	since    time.Time

	fee     atomic.Int64 // of its feefilter, satoshis per 1,000 vbytes (BIP 133)
	height  atomic.Int32 // as it claims
	out     outbox
	rtt     clock
	asked   asked
	limits  inLimits
	headers *rate.Limiter // of headers that we ask for because of an inv
	addrs   *rate.Limiter // of addresses that it tells of
	gone    chan struct{} // closed when the connection has ended

	isReady bool // guarded by the client's mu
}

// inLimits is what one peer may send.
type inLimits struct {
	bytes    *rate.Limiter // it is read no faster
	messages *rate.Limiter // likewise
	unknown  *rate.Limiter // announcements of what is not ours: more is hostile
}

const (
	maxBytes    = 5 << 20 // per second
	maxMessages = 20_000  // per second
	maxUnknown  = 10_000  // per second, after the 50,000 that one message holds
)

var serials atomic.Uint64

func newSession(c *Client, addr string, conn net.Conn) *session {
	s := &session{
		c: c, addr: addr, group: group(addr), Conn: conn, serial: serials.Add(1), main: addr == c.book.main, since: time.Now(),
		limits:  inLimits{rate.NewLimiter(maxBytes, kept), rate.NewLimiter(maxMessages, maxMessages), rate.NewLimiter(maxUnknown, wire.MaxInvPerMsg)},
		headers: rate.NewLimiter(1, 200), addrs: rate.NewLimiter(wire.MaxAddrPerMsg/86400.0, wire.MaxAddrPerMsg), gone: make(chan struct{}),
	}
	s.out.wake = make(chan struct{}, 1)
	s.rtt.now = time.Now
	return s
}

// metered reads no faster than a peer may send.
type metered struct {
	net.Conn
	ctx   context.Context
	bytes *rate.Limiter
}

func (m metered) Read(b []byte) (int, error) {
	n, err := m.Conn.Read(b[:min(len(b), kept)])
	if n > 0 {
		if wait := m.bytes.WaitN(m.ctx, n); wait != nil {
			return n, wait
		}
	}
	return n, err
}

// run speaks with the peer until the connection or ctx ends. It calls ready
// after the first pong. older means: call again with the plain transport.
func (s *session) run(ctx context.Context, v2 bool, ready func()) (older bool, err error) {
	group, ctx := errgroup.WithContext(ctx)
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	defer close(s.gone)
	defer s.Close()

	late := time.AfterFunc(s.c.cfg.Times.Dial, func() { _ = s.Close() })
	defer late.Stop()
	older, err = s.handshake(ctx, v2)
	if err != nil {
		return older, errors.Join(err, context.Cause(ctx))
	}
	var once sync.Once
	group.Go(func() error { return s.receive(ctx, func() { once.Do(func() { late.Stop(); ready() }) }) })
	group.Go(func() error { return s.send(ctx) })
	group.Go(func() error { return s.beat(ctx) })
	return false, group.Wait()
}

// handshake chooses the transport and exchanges versions.
func (s *session) handshake(ctx context.Context, v2 bool) (older bool, err error) {
	r := bufio.NewReaderSize(metered{s.Conn, ctx, s.limits.bytes}, kept)
	w := bufio.NewWriterSize(s.Conn, kept)
	if v2 {
		f, older, err := agree(r, w, s.c.cfg.Params.Net)
		if err != nil {
			return older && ctx.Err() == nil, fmt.Errorf("v2 transport: %w", err)
		}
		f.pver = version
		s.frames, s.v2 = f, true
	} else {
		s.frames = &plain{r: r, w: w, magic: s.c.cfg.Params.Net, pver: version}
	}
	return false, s.introduce()
}

// receive reads until the connection ends.
func (s *session) receive(ctx context.Context, ready func()) error {
	for {
		command, payload, err := s.frames.read(s.wants)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if err := s.limits.messages.Wait(ctx); err != nil {
			return err
		}
		if payload == nil {
			continue
		}
		m, err := decode(command, payload, s.pver)
		if err != nil {
			return err
		}
		if err := s.c.handle(s, m, ready); err != nil {
			return err
		}
	}
}

// wants says how much of a message to read. Transactions and blocks are read
// only if they were asked for.
func (s *session) wants(command string) int {
	limit, known := limits[command]
	wanted := command == wire.CmdTx && s.c.cfg.Fetch > 0 || s.asked.waits(command)
	if !known || (command == wire.CmdTx || command == wire.CmdBlock) && !wanted {
		return -1
	}
	return limit
}
