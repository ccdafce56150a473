package main

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPays(t *testing.T) {
	const (
		recap  = "<message id='a-1'><body>Pay 500 sat. To send it: confirm k7fw</body></message>"
		paying = "<message id='a-2'><body>Paying 500 sat to x.</body></message>"
		word   = "<message id='notice-9'><body>Paid 500 sat to x, fee 0 sat.</body></message>"
		not    = "<message id='notice-9'><body>Not paid: there is no way. 500 sat are back.</body></message>"
		came   = "<message id='notice-8'><body>500 sat came over Lightning.</body></message>"
		full   = "<message id='a-2'><body>2 of your payments have not ended yet.</body></message>"
	)
	for name, tt := range map[string]struct {
		order, confirm string // what is heard after each line
		well           bool
	}{
		"the answer, then the word":           {recap, paying + word, true},
		"the word may overtake the answer":    {recap, word + paying, true},
		"other notices are passed over":       {recap, came + paying + came + word, true},
		"a payment that failed is a failure":  {recap, paying + not, false},
		"a refusal is a failure":              {recap, full, false},
		"an order without a code is one":      {paying, "", false},
		"a connection that ends is one":       {recap, paying, false},
		"a word without an answer is not all": {recap, word, false},
	} {
		t.Run(name, func(t *testing.T) {
			near, far := net.Pipe()
			defer near.Close()
			go func() {
				defer far.Close()
				var buf [4096]byte
				for _, s := range []string{tt.order, tt.confirm} {
					n, err := far.Read(buf[:])
					if err != nil || s == tt.confirm && !strings.Contains(string(buf[:n]), "<body>confirm k7fw</body>") {
						return
					}
					_, _ = io.WriteString(far, s)
				}
			}()
			if err := (&chatter{Conn: near, to: "gw"}).pays("lnbcrt1"); (err == nil) != tt.well {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAJobIsDoneAsOftenAsIsSaid(t *testing.T) {
	var did atomic.Int64
	s, err := job(100).times(t.Context(), 7, 0, func(context.Context, int) error { did.Add(1); return nil })
	if err != nil || did.Load() != 100 || s.perSecond <= 0 {
		t.Errorf("done %d times, %v/s, %v", did.Load(), s.perSecond, err)
	}
	if _, err := job(100).times(t.Context(), 7, 0, func(context.Context, int) error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want EOF", err)
	}
}

func TestTogetherEndsWithTheFirstFailure(t *testing.T) {
	_, err := together(t.Context(), time.Hour, 3, 0, func(_ context.Context, i int) error {
		if i == 1 {
			return io.EOF
		}
		return nil
	})
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want EOF", err)
	}
}
