package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/internal/sandbox/world"
	"github.com/bitcoim/bitcoim/internal/sandbox/xmppclient"
)

// scene is the conversation under way.
type scene struct {
	world   *world.World
	people  []*person
	surplus int64 // msat of the operator's own, before anybody came
}

// person is somebody with a real client.
type person struct {
	*xmppclient.Client
	name    string
	gateway string
}

// patience is how long an answer may take before the play has failed.
const patience = 90 * time.Second

func (s *scene) enter(ctx context.Context, name string) (*person, error) {
	c, err := s.world.XMPP.Dial(ctx, name, "desk")
	if err != nil {
		return nil, fmt.Errorf("%s logs in: %w", name, err)
	}
	p := &person{Client: c, name: name, gateway: s.world.XMPP.Component}
	s.people = append(s.people, p)
	note("%s logs in", name)
	return p, nil
}

func (s *scene) leave() {
	for _, p := range s.people {
		_ = p.Close()
	}
}

// note prints what happens besides the talk.
func note(format string, args ...any) { fmt.Printf("  * "+format+"\n", args...) }

// says sends a line to a contact ("" is the gateway).
func (p *person) says(to, line string) error {
	jid := p.gateway
	if to != "" {
		jid = to + "@" + p.gateway
	}
	fmt.Printf("%7s> %s\n", p.name, line)
	_, err := p.Say(jid, line)
	return err
}

// hears waits for a message that has all the given parts, and passes over others.
func (p *person) hears(ctx context.Context, parts ...string) (string, error) {
	m, err := p.hearsStanza(ctx, parts...)
	if err != nil {
		return "", err
	}
	return m.ChildText("body"), nil
}

func (p *person) hearsStanza(ctx context.Context, parts ...string) (xmppclient.Stanza, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	m, err := p.Expect(ctx, func(m xmppclient.Stanza) bool {
		body := plain(m.ChildText("body"))
		for _, part := range parts {
			if !strings.Contains(body, part) {
				return false
			}
		}
		return body != ""
	})
	if err != nil {
		var heard []string
		for _, m := range p.Inbox() {
			heard = append(heard, m.String())
		}
		return m, fmt.Errorf("%s waited for %q: %w; heard instead: %s", p.name, parts, err, strings.Join(heard, "\n"))
	}
	for i, line := range strings.Split(m.ChildText("body"), "\n") {
		who := "gw> " + p.name + ":"
		if i > 0 {
			who = ""
		}
		fmt.Printf("%14s %s\n", who, line)
	}
	return m, nil
}

// asks says a line to the gateway and waits for the answer.
func (p *person) asks(ctx context.Context, line string, parts ...string) (string, error) {
	if err := p.says("", line); err != nil {
		return "", err
	}
	return p.hears(ctx, parts...)
}

// plain makes no-break spaces plain, so that the play reads easily.
func plain(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }

var code = regexp.MustCompile(`confirm ([a-z0-9]{4})\b`)

// orders asks for a payment and returns the code of the recap.
func (p *person) orders(ctx context.Context, line string, parts ...string) (string, error) {
	said, err := p.asks(ctx, line, append(parts, "To send it:")...)
	if err != nil {
		return "", err
	}
	m := code.FindStringSubmatch(said)
	if m == nil {
		return "", fmt.Errorf("no code in %q", said)
	}
	return m[1], nil
}
