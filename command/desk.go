package command

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bitcoim/bitcoim/address"
	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/chain"
	"github.com/bitcoim/bitcoim/db"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/paymentorder"
	"github.com/bitcoim/bitcoim/rate"
	"github.com/bitcoim/bitcoim/useraccount"
)

// Desk answers requests. All its state is in the database, so any number of
// desks may work on the same one.
type Desk struct {
	DB        *db.DB
	Accounts  *useraccount.Finder // of those who ask at the same time; nil: of each alone
	Chain     ChainNode
	Lightning Lightning
	Exchange  *rate.Source // for showing amounts to apps; nil: none
	Words     *i18n.Catalogue
	// Commands is Index; it comes from outside because help lists it.
	Commands []*Command
	House    House
	Apps     Apps
	Pace     *Pace // of all doors; nil: nobody is too fast
	Clock    func() time.Time
	Patience time.Duration // that a write has; 0 is half a minute
	// Wake is called after a commit that gave the workers something to do.
	Wake func()
	// Unlooked is the number of the newest order when this gateway began, while it has not
	// looked since at the node of orders of this kind, and 0 after; nil: it has.
	Unlooked func(paymentorder.Kind) paymentorder.ID
}

// unlooked is Unlooked, for who reads what the node may have done.
func (d *Desk) unlooked(o *paymentorder.Order) paymentorder.ID {
	if d.Unlooked == nil {
		return 0
	}
	return d.Unlooked(o.Kind())
}

// House is how the operator set the gateway up.
type House struct {
	Domain    string          // of the gateway
	Network   address.Network // of the chain
	Languages []string        // preferred, in order
	Admins    []string        // bare JIDs
	Served    []string        // domains whose users the gateway is for
	OpenToAll bool            // users of all other servers, too
	// RegistrationDomains narrow down whose users may open an account; empty
	// means all that are served.
	RegistrationDomains []string
	Closed              bool // nobody new may register
	Limits              paymentorder.Limits
	// On the chain
	Confirmations    int64       // of a usual deposit
	MinPayment       amount.Msat // smallest payment to an address
	MinDeposit       amount.Msat // smallest deposit that counts
	AddressesUnused  int         // unused addresses a user may have
	Stale            int64       // seconds after which a late request moves no money
	ExplorerURL      string      // with {address}; "" for none
	Version          string
	OperatorContacts string // shown by about, "" for none
}

// Ask runs one command. Its errors are faults; the Reply that comes with one
// still says in which language to speak.
func (d *Desk) Ask(ctx context.Context, r Request) (reply Reply, err error) {
	defer later(&err)
	c, err := d.call(ctx, r)
	if err == nil {
		reply, err = c.run(ctx)
	}
	err = heardBy(r.App, err)
	reply.Lang, reply.Unit = c.Lang, c.Unit
	return reply, err
}

// call finds out who asks, at which contact, and in which language. There is a
// call, which knows the language, even if there is an error.
func (d *Desk) call(ctx context.Context, r Request) (*Call, error) {
	r.ID, r.Edits = fit(r.ID), fit(r.Edits)
	c := &Call{Desk: d, Request: r, Now: d.Clock().Unix()}
	u, err := d.Accounts.ByJID(ctx, d.DB.Read(), r.User)
	c.Account = u
	c.Lang, c.Unit = d.speech(u, r.Lang)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return c, err
	}
	if u == nil {
		if err := d.serves(r.User); err != nil {
			return c, err
		}
	}
	if r.At != "" {
		if c.To, err = d.Contact(ctx, r.User, r.At); err != nil {
			return c, err
		}
	}
	return c, c.entered()
}

// serves is the fault of who has no account, and comes from where nobody can
// have one.
func (d *Desk) serves(user string) error {
	_, domain, _ := address.SplitJID(user)
	if h := d.House; h.OpenToAll || slices.Contains(h.Served, domain) || d.admin(user) {
		return nil
	}
	return ErrNotServed.With(fault.Args{"domains": strings.Join(d.House.Served, ", ")})
}

// speech is the language and the unit to answer in.
func (d *Desk) speech(u *useraccount.User, lang string) (string, string) {
	tags := append([]string{lang}, d.House.Languages...)
	unit := string(amount.InSat)
	if u != nil {
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

// obey runs a command, if the one who asks may have it run.
func (c *Call) obey(ctx context.Context, cmd *Command) (Reply, error) {
	c.Command = cmd
	if !cmd.Looks {
		if reply, ok, err := c.again(ctx); ok || err != nil {
			return reply, err
		}
	}
	if err := c.mayAct(ctx); err != nil {
		return Reply{}, err
	}
	member := c.Account != nil && c.Account.Active
	switch {
	case cmd.Who == Member && !member:
		if err := c.mayRegister(); err != nil {
			return Reply{}, err
		}
		return Reply{}, useraccount.ErrNotRegistered.With(fault.Args{"register": c.word("register")})
	case cmd.Where&c.place() == 0:
		return Reply{}, ErrCommand.New(fault.Invalid, "command.not-here", fault.Args{"word": c.word(cmd.Name)})
	}
	if cmd.Moves {
		if err := c.late(); err != nil {
			return Reply{}, err
		}
	}
	if c.loose && cmd.Changes != nil && cmd.Changes(c) {
		return c.inFull(strings.Fields(c.Text)[1:]), nil
	}
	if c.Edits != "" {
		if err := c.mayCorrect(ctx); err != nil {
			return Reply{}, err
		}
	}
	return cmd.Run(ctx, c)
}

// late is the fault of a request that was written long before it came.
func (c *Call) late() error {
	if c.Sent.IsZero() || c.Sent.Unix() >= c.Now-c.House.Stale {
		return nil
	}
	return ErrStale.With(fault.Args{"seconds": c.Now - c.Sent.Unix()})
}

// place is what kind of contact is spoken to.
func (c *Call) place() Place {
	return map[ContactKind]Place{ToGateway: AtGateway, ToAddress: AtAddress, ToUser: AtUser}[c.To.Kind]
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
		return ErrCommand.New(fault.Invalid, "command.empty", fault.Args{"help": c.word("help")})
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
	defer later(&err)
	c, err := d.call(ctx, Request{User: user, At: at})
	if err != nil {
		return nil, err
	}
	member := c.Account != nil && c.Account.Active
	for _, cmd := range c.Commands {
		if cmd.Where&c.place() != 0 && (cmd.Who == Anyone || member) {
			all = append(all, Spec{Name: cmd.Name, Fields: c.fieldsHere(cmd), Confirms: cmd.Confirms})
		}
	}
	return all, nil
}

// fieldsHere leaves out what the place says already: on a contact nobody is
// asked whom to pay, or with whom a history is.
func (c *Call) fieldsHere(cmd *Command) []Field {
	var fields []Field
	for _, f := range cmd.Fields {
		if (f.Name == "to" || f.Name == "with") && c.To.Kind != ToGateway {
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// away says that the node could not answer; what it did we do not know.
func away(err error) error {
	switch {
	case errors.Is(err, chain.ErrNoFunds):
		return errNoFunds.Because(err)
	case errors.Is(err, chain.ErrDust):
		return errDust.Because(err)
	case errors.Is(err, chain.ErrBadAddress):
		return errBadAddress.Because(err)
	}
	return errChainAway.Because(err)
}
