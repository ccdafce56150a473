package main

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// sample is what one round gave.
type sample struct {
	perSecond float64
	processor time.Duration // of one, in the process that is measured
}

// rate does something for about as long as it is told.
type rate func(ctx context.Context, d time.Duration) (sample, error)

// pair is ours and what it is compared with, round by round.
type pair struct{ ours, beside []sample }

// turns measures beside and ours one after the other, again and again.
func turns(ctx context.Context, p plan, beside, ours rate) (pair, error) {
	var got pair
	for range p.rounds {
		b, err := beside(ctx, p.each)
		if err != nil {
			return got, err
		}
		o, err := ours(ctx, p.each)
		if err != nil {
			return got, err
		}
		got.beside, got.ours = append(got.beside, b), append(got.ours, o)
	}
	return got, nil
}

// ratio is the median of the rounds' own ratios: what slowed a round slowed
// both of its halves.
func (p pair) ratio() float64 {
	var all []float64
	for i := range min(len(p.ours), len(p.beside)) {
		if b := p.beside[i].perSecond; b > 0 {
			all = append(all, p.ours[i].perSecond/b)
		}
	}
	return median(all)
}

// row says a pair with its ratio; a target of 0 is none.
func (p pair) row(what, beside string, target float64) row {
	r := row{
		what: what, ours: count(speed(p.ours)) + "/s", beside: count(speed(p.beside)) + "/s " + beside,
		ratio:     fmt.Sprintf("%.2f", p.ratio()),
		processor: fmt.Sprintf("%d, %d µs", cost(p.ours), cost(p.beside)),
	}
	if cost(p.beside) == 0 { // of processes that are not ours
		r.processor = fmt.Sprintf("%d µs", cost(p.ours))
	}
	if target > 0 {
		r.target = ">= " + strconv.FormatFloat(target, 'f', -1, 64)
		r.verdict = verdict(p.ratio() >= target)
	}
	return r
}

// speed is the median speed.
func speed(of []sample) float64 {
	var all []float64
	for _, s := range of {
		all = append(all, s.perSecond)
	}
	return median(all)
}

// cost is the median processor time, in microseconds.
func cost(of []sample) int64 {
	var all []float64
	for _, s := range of {
		all = append(all, float64(s.processor.Microseconds()))
	}
	return int64(median(all))
}
