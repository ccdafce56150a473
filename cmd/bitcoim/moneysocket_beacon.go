package main

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"strconv"

	"github.com/bitcoim/bitcoim/moneysocket"
)

// beacon is `bitcoim moneysocket beacon encode|decode`.
func beacon(p *program, args []string) error {
	f := flag.NewFlagSet("moneysocket beacon", flag.ContinueOnError)
	f.SetOutput(p.err)
	seed := f.String("seed", "", "32 hex digits; a new seed if empty")
	if len(args) == 0 || f.Parse(args[1:]) != nil || f.NArg() == 0 {
		return p.wrong("moneysocket")
	}
	switch {
	case args[0] == "encode":
		return encodeBeacon(p, *seed, f.Args())
	case args[0] == "decode" && f.NArg() == 1:
		return decodeBeacon(p, f.Arg(0))
	}
	return p.wrong("moneysocket")
}

// encodeBeacon writes a beacon for websockets, as in wss://relay.example.org.
func encodeBeacon(p *program, seed string, urls []string) error {
	b := moneysocket.Beacon{Seed: moneysocket.NewSeed()}
	if seed != "" {
		var err error
		if b.Seed, err = moneysocket.ParseSeed(seed); err != nil {
			return err
		}
	}
	for _, text := range urls {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
			return fmt.Errorf("%q is not like wss://relay.example.org:443; a beacon has no place for a path", text)
		}
		l := moneysocket.Location{Host: u.Hostname(), Plain: u.Scheme == "ws"}
		if u.Port() != "" {
			n, err := strconv.ParseUint(u.Port(), 10, 16)
			if err != nil {
				return fmt.Errorf("%q has no such port", text)
			}
			l.Port = uint16(n)
		}
		b.Locations = append(b.Locations, l)
	}
	text := b.String()
	if _, err := moneysocket.ParseBeacon(text); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, text)
	return err
}

// decodeBeacon prints what is in a beacon, the secret too.
func decodeBeacon(p *program, text string) error {
	b, err := moneysocket.ParseBeacon(text)
	if errors.Is(err, moneysocket.ErrDraft) {
		d, broken := moneysocket.ParseDraft(text)
		if broken != nil {
			return broken
		}
		fmt.Fprintf(p.out, "generation  draft 1, which no program speaks yet\nmade by     %s %d.%d.%d\n", d.HRP, d.Version[0], d.Version[1], d.Version[2])
		if d.Role != "" {
			fmt.Fprintf(p.out, "role        %s\n", d.Role)
		}
		for _, l := range d.Locations {
			at := moneysocket.Location{Host: l.Host, Port: l.Port, Plain: l.Plain}
			fmt.Fprintf(p.out, "location    %s/%s\n", at.URL(), l.Path)
		}
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "generation  0\nseed        %s (secret)\nrendezvous  %s\n", b.Seed.Hex(), b.Seed.Rendezvous())
	for _, l := range b.Locations {
		if at := l.URL(); at != "" {
			fmt.Fprintf(p.out, "location    %s\n", at)
		} else {
			fmt.Fprintf(p.out, "location    %s, which cannot be used\n", l.Transport)
		}
	}
	return nil
}
