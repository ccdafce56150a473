package fiat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// How soon a source that failed is asked again: first, doubling up to Every.
const (
	first    = 5 * time.Second
	patience = 30 * time.Second // for one answer
)

// Run keeps the rates fresh until ctx ends, which is no error. A source that
// fails is asked again soon, then less and less often, down to every Every.
func (s *Source) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for wait := time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		err := s.Refresh(ctx)
		if ctx.Err() != nil {
			return nil
		}
		switch {
		case err == nil:
			wait = 0
			timer.Reset(s.o.Every)
		case wait == 0:
			s.o.Log.Warn("rates are not refreshed", "err", err)
			wait = min(first, s.o.Every)
			timer.Reset(wait)
		default:
			s.o.Log.Debug("rates are still not refreshed", "err", err)
			wait = min(2*wait, s.o.Every)
			timer.Reset(wait)
		}
		s.sayAge()
	}
}

// Refresh looks at the source once. If that fails, the rates are those of
// before.
func (s *Source) Refresh(ctx context.Context) error {
	body, at, err := s.read(ctx)
	if err != nil {
		return err
	}
	per, err := Parse(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.per, s.at = per, at
	return nil
}

// read returns the document, and of when its rates are.
func (s *Source) read(ctx context.Context) (body []byte, at time.Time, err error) {
	at = s.o.Clock() // before asking: rates are rather called too old than too new
	if s.o.File == "" {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		body, err = s.o.Fetch(ctx)
		return body, at, err
	}
	info, err := os.Stat(s.o.File)
	if err != nil {
		return nil, at, err
	}
	if !info.Mode().IsRegular() {
		return nil, at, fmt.Errorf("fiat: %s is no file", s.o.File) // and a pipe would make us wait
	}
	if written := info.ModTime(); written.Before(at) {
		at = written // or a program that stopped writing it would never be noticed
	}
	f, err := os.Open(s.o.File)
	if err != nil {
		return nil, at, err
	}
	body, err = io.ReadAll(io.LimitReader(f, Longest+1))
	return body, at, errors.Join(err, f.Close())
}

// sayAge says in the log, once each time, that there are no rates any more and
// that there are some again.
func (s *Source) sayAge() {
	s.mu.Lock()
	was, at := s.stale, s.at
	s.stale = s.old()
	is := s.stale
	s.mu.Unlock()
	switch {
	case is && !was && at.IsZero():
		s.o.Log.Warn("there are no rates yet")
	case is && !was:
		s.o.Log.Warn("rates are too old: there are none", "of", at)
	case was && !is:
		s.o.Log.Info("there are rates again", "of", at)
	}
}
