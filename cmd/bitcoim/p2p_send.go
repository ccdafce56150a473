package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"github.com/bitcoim/bitcoim/p2p"
)

const (
	longestTx = 8 << 20 // bytes of a line of hex
	underWay  = 10_000  // transactions that are waited for at once
)

// sending is one `bitcoim p2p send`.
type sending struct {
	p       *program
	client  *p2p.Client
	options []p2p.Option
	level   p2p.Level
	timeout time.Duration
	asJSON  bool
	show    bool  // a line of progress
	fee     int64 // sat of each transaction; 0 if it is not known

	mu                          sync.Mutex // guards the output too
	begun                       time.Time
	given, reached, late, wrong int
}

func p2pSend(ctx context.Context, p *program, args []string) error {
	f := newP2PFlags(p, "send")
	mode := f.String("mode", "auto", "auto, inv, push, or private (needs -proxy)")
	level := f.String("wait", "seen", "until it is sent, delivered, requested, seen or mined")
	nodes := f.Int("nodes", 0, "how many nodes to give it to; 0 leaves some to watch")
	seen := f.Int("seen", 1, "how many other nodes must announce it to be seen")
	rate := f.Int("rate", 0, "transactions per second at most; 0 is no limit")
	fee := f.Int64("fee", 0, "`satoshis` that each pays: then nothing is sent that all nodes say is too little for them")
	if err := f.parse(args, 1); err != nil {
		return err
	}
	s := &sending{p: p, timeout: f.timeout, asJSON: f.json, show: terminal(p.err) && !f.verbose, begun: time.Now()}
	how, err := p2p.ParseMode(*mode)
	if err != nil {
		return err
	}
	if s.level, err = p2p.ParseLevel(*level); err != nil {
		return err
	}
	if s.level == p2p.Sent && (how == p2p.Inv || how == p2p.Private) {
		return fmt.Errorf("%w: -mode %s announces first, and who leaves when that is sent is asked by nobody: -wait delivered", p2p.ErrUsage, how)
	}
	s.fee = *fee
	s.options = []p2p.Option{p2p.In(how), p2p.Nodes(*nodes), p2p.MinSeen(*seen)}
	if s.level == p2p.Mined {
		s.options = append(s.options, p2p.Blocks())
	}
	cfg, err := f.config(p)
	if err != nil {
		return err
	}
	cfg.Rate, cfg.MaxTxs = *rate, underWay+1
	from, err := source(f.rest[0])
	if err != nil {
		return err
	}
	defer from.Close()
	text := bufio.NewReader(from)
	if _, err := text.Peek(1); err == io.EOF {
		return errNothing
	}
	return withClient(ctx, cfg, func(ctx context.Context, c *p2p.Client) error {
		s.client = c
		if s.show {
			done, ended := make(chan struct{}), make(chan struct{})
			go func() { defer close(ended); s.progress(done) }()
			defer func() { close(done); <-ended }()
		}
		if how != p2p.Private { // that one needs nobody to be connected
			if err := gather(ctx, c, f.named(), f.timeout); err != nil {
				return err
			}
		}
		if err := s.all(ctx, text); err != nil {
			return err
		}
		return s.verdict()
	})
}

var errNothing = fmt.Errorf("%w: no transaction was given", p2p.ErrUsage)

// source is where the transactions come from.
func source(arg string) (io.ReadCloser, error) {
	switch {
	case arg == "-":
		return io.NopCloser(os.Stdin), nil
	case strings.HasPrefix(arg, "@"):
		return os.Open(arg[1:])
	}
	return io.NopCloser(strings.NewReader(arg)), nil
}

// all sends each line and waits for all of them.
func (s *sending) all(ctx context.Context, from io.Reader) error {
	var work sync.WaitGroup
	places := make(chan struct{}, underWay)
	defer work.Wait()
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 64<<10), longestTx)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		tx, err := parseTx(text)
		if err != nil {
			return fmt.Errorf("%w: line %d: %w", p2p.ErrUsage, n, err)
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		s.mu.Lock()
		s.given++
		s.mu.Unlock()
		options := s.options
		if s.fee > 0 {
			pays := s.fee * 1000 / p2p.VSize(tx)
			if least := s.least(); pays < least {
				s.cheap(tx, pays, least)
				<-places
				continue
			}
			options = append(slices.Clip(options), p2p.FeeRate(pays))
		}
		b, err := s.client.Broadcast(ctx, tx, options...)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		work.Go(func() {
			defer func() { <-places }()
			s.one(ctx, b)
		})
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if s.given == 0 {
		return errNothing
	}
	return nil
}

func parseTx(text string) (*wire.MsgTx, error) {
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, err
	}
	var tx wire.MsgTx
	r := bytes.NewReader(raw)
	if err := tx.Deserialize(r); err != nil {
		return nil, err
	}
	if r.Len() > 0 {
		return nil, fmt.Errorf("%d bytes too many", r.Len())
	}
	return &tx, nil
}

// one waits for one transaction and says what came of it.
func (s *sending) one(ctx context.Context, b *p2p.Broadcast) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	r, err := b.Wait(ctx, s.level)
	if err == nil && (s.level == p2p.Sent || s.level == p2p.Requested) {
		// Who leaves now takes it along: Bitcoin Core drops what it has not read
		// when a connection ends.
		read, stop := context.WithTimeout(ctx, aMoment)
		r, _ = b.Wait(read, p2p.Delivered)
		stop()
	}
	b.Forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.reached++
	case errors.Is(err, p2p.ErrRejected) || r.Conflict != "":
		s.wrong++
	default:
		s.late++
	}
	if s.show {
		fmt.Fprint(s.p.err, clearLine)
	}
	if s.asJSON {
		_ = json.NewEncoder(s.p.out).Encode(r)
	} else {
		fmt.Fprintln(s.p.out, r.Txid, r.Level.String()+":", describe(r))
	}
}

// aMoment is how long we stay for a node to read what it was given.
const aMoment = 10 * time.Second

// clearLine takes a line of progress away.
const clearLine = "\r\x1b[K"

// progress says each second how far it is, where a person looks.
func (s *sending) progress(done <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		s.mu.Lock()
		fmt.Fprintf(s.p.err, "%s%d of %d %s, %d refused, %d given up, %d peers (%d s)", clearLine, s.reached, s.given, s.level, s.wrong, s.late,
			len(s.client.Peers()), int(time.Since(s.begun).Seconds()))
		s.mu.Unlock()
		select {
		case <-done:
			fmt.Fprint(s.p.err, clearLine)
			return
		case <-tick.C:
		}
	}
}

// verdict is the exit code for all.
func (s *sending) verdict() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.wrong > 0:
		return coded{exitRejected, fmt.Errorf("%d of %d were refused", s.wrong, s.given)}
	case s.late > 0:
		return coded{exitNotReached, fmt.Errorf("%d of %d are not %s", s.late, s.given, s.level)}
	}
	return nil
}
