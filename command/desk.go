package command

import (
	"context"
	"errors"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/wallet"
)

// Desk answers requests, with the wallet's values said as phrases.
type Desk struct {
	*wallet.Service
	// Commands is Index; it comes from outside because help lists it.
	Commands []*Command
}

// New is a desk for a wallet service.
func New(s *wallet.Service) *Desk { return &Desk{s, Index} }

// Ask runs one command. Its errors are faults; the Reply that comes with one
// still says in which language to speak.
func (d *Desk) Ask(ctx context.Context, r Request) (reply Reply, err error) {
	defer wallet.DatabaseAway(&err)
	c, err := d.call(ctx, r)
	if err == nil {
		reply, err = c.run(ctx)
	}
	err = wallet.HeardBy(r.App, err)
	reply.Lang, reply.Unit = c.Lang, c.Unit
	return reply, err
}

// call finds out who asks, at which contact, and in which language. There is a
// call, which knows the language, even if there is an error.
func (d *Desk) call(ctx context.Context, r Request) (*Call, error) {
	r.ID, r.Edits = wallet.Fit(r.ID), wallet.Fit(r.Edits)
	by, err := d.Caller(ctx, r.Caller())
	c := &Call{Desk: d, Request: r, by: by}
	c.Lang, c.Unit = d.Speech(by, r.Lang)
	if err != nil {
		return c, err
	}
	if by.User == nil {
		if err := d.Serves(r.User); err != nil {
			return c, err
		}
	}
	if r.At != "" {
		if c.To, err = d.Contact(ctx, by, r.At); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Speech is the language and the unit to answer a caller in; who is none is nobody in
// particular. lang is that of the request, "" if it had none.
func (d *Desk) Speech(by wallet.Caller, lang string) (string, string) {
	tags := append([]string{lang}, d.Policy.Languages...)
	unit := string(amount.InSat)
	if u := by.User; u != nil {
		tags, unit = append([]string{u.Lang}, tags...), u.Unit
	}
	return d.Words.Match(tags...), unit
}

func (c *Call) run(ctx context.Context) (Reply, error) {
	if err := c.understand(); err != nil {
		return Reply{}, err
	}
	return c.obey(ctx, c.Command)
}

// obey runs a command, if the one who asks may have it run. What this very request did
// before is told again.
func (c *Call) obey(ctx context.Context, cmd *Command) (Reply, error) {
	c.Command = cmd
	if !cmd.ReadOnly && !cmd.FindsAgain {
		before, err := c.Earlier(ctx, c.by)
		if err != nil {
			return Reply{}, err
		}
		if before != nil {
			return c.tellAgain(before)
		}
	}
	c.by.Key.Looked = !cmd.ReadOnly
	reply, err := c.begin(ctx)
	var before *wallet.Earlier
	switch {
	case errors.As(err, &before): // it was done meanwhile, when it was another thing to do
		return c.tellAgain(before)
	case err != nil && !cmd.ReadOnly && !fault.Is(err, fault.Internal): // what is wrong may be what it did, or a twin of it just now
		if before, known := c.Earlier(ctx, c.by); known == nil && before != nil {
			return c.tellAgain(before)
		}
	}
	return reply, err
}

// begin runs the command that was found.
func (c *Call) begin(ctx context.Context) (Reply, error) {
	if err := c.mayRun(ctx); err != nil {
		return Reply{}, err
	}
	if c.loose && c.Command.Changes != nil && c.Command.Changes(c) {
		return c.inFull(strings.Fields(c.Text)[1:]), nil
	}
	if c.Edits != "" {
		if err := c.mayCorrect(ctx); err != nil {
			return Reply{}, err
		}
	}
	return c.Command.Run(ctx, c)
}

// mayRun is the fault of who may not say the command, or not here, or not so late.
func (c *Call) mayRun(ctx context.Context) error {
	cmd := c.Command
	if err := c.May(ctx, c.by, cmd.Access, cmd.Name); err != nil {
		return err
	}
	none := c.by.Member()
	switch {
	case cmd.Who == Member && none != nil:
		if err := c.MayRegister(c.by); err != nil {
			return err
		}
		return none
	case cmd.Where&c.place() == 0:
		return wallet.ErrRequest.New(fault.Invalid, "command.not-here", fault.Args{"word": c.word(cmd.Name)})
	case cmd.MovesMoney:
		return c.Late(c.by)
	}
	return nil
}

// place is what kind of contact is spoken to.
func (c *Call) place() Place {
	return map[wallet.ContactKind]Place{wallet.GatewayContact: AtGateway, wallet.AddressContact: AtAddress, wallet.UserContact: AtUser}[c.To.Kind]
}

// understand finds the command and its arguments.
func (c *Call) understand() error {
	if c.Name != "" {
		if c.Command, c.Args = c.named(c.Name), c.Request.Args; c.Command == nil {
			return c.unknown(c.Name)
		}
		return nil
	}
	words := strings.Fields(c.Text)
	if len(words) == 0 {
		return wallet.ErrRequest.New(fault.Invalid, "command.empty", fault.Args{"help": c.word("help")})
	}
	if ok, err := c.pasted(words); ok || err != nil {
		return err
	}
	c.hearLanguage(words[0])
	cmd, err := c.find(words[0])
	if err != nil {
		return err
	}
	c.Command = cmd
	c.loose = !c.isInFull(words[0])
	if cmd.Words == nil {
		c.Args = split(cmd.Fields, words[1:])
		return nil
	}
	c.Args, err = cmd.Words(c, words[1:])
	return err
}

// Menu lists the commands on offer to user at a contact.
func (d *Desk) Menu(ctx context.Context, user, at string) (all []Spec, err error) {
	defer wallet.DatabaseAway(&err)
	c, err := d.call(ctx, Request{User: user, At: at})
	if err != nil {
		return nil, err
	}
	member := c.by.Member() == nil
	for _, cmd := range c.Commands {
		if cmd.Where&c.place() != 0 && (cmd.Who == Anyone || member) {
			all = append(all, Spec{Name: cmd.Name, Fields: c.fieldsHere(cmd), NeedsCode: cmd.NeedsCode})
		}
	}
	return all, nil
}

// fieldsHere leaves out what the place says already: on a contact nobody is
// asked whom to pay, or with whom a history is.
func (c *Call) fieldsHere(cmd *Command) []Field {
	var fields []Field
	for _, f := range cmd.Fields {
		if (f.Name == "to" || f.Name == "with") && c.To.Kind != wallet.GatewayContact {
			continue
		}
		fields = append(fields, f)
	}
	return fields
}
