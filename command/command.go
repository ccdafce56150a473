// Package command is the desk: every verb a user has, its parameters and its
// replies, said once for all doors where people speak. A command is one file and one
// line in index.go.
package command

import (
	"context"
	"strings"

	"github.com/bitcoim/bitcoim/amount"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/wallet"
)

// Place is where a command may be said: a set.
type Place uint8

const (
	AtGateway Place = 1 << iota
	AtAddress
	AtUser
	Anywhere = AtGateway | AtAddress | AtUser
)

// Role is who may say a command.
type Role uint8

const (
	Anyone Role = iota
	Member      // registered
)

// Command is one verb.
type Command struct {
	Name      string
	Who       Role
	Where     Place
	Fields    []Field
	NeedsCode bool // what it makes waits for a code
	// MovesMoney says that it moves money, now or by a code: a request that comes
	// late is refused.
	MovesMoney bool
	// ReadOnly says that it writes nothing, so that there is no earlier answer to
	// look for when a request comes again.
	ReadOnly bool
	// FindsAgain says that to run it a second time does nothing and finds the first answer,
	// by the key that is spent with it. So nobody looks for that first, but only if
	// something is wrong the second time.
	FindsAgain bool
	// AsksNoNode says that it asks nobody but the database: no node, and no service of a
	// stranger's choice. Doors keep places for it, however many others wait.
	AsksNoNode bool
	// Changes reports whether a line of chat does at once what cannot be taken
	// back by not answering: it changes the account, tells somebody else, or gives
	// a code. Such a line says its command in full, in the user's language. Nil:
	// the command changes nothing, or only asks.
	Changes func(c *Call) bool
	// Access is what an app must have been given to say the command for its user.
	Access wallet.Access
	// Again says once more what the command said of results that were kept.
	Again []Telling
	// Words reads the arguments from a line of chat; nil takes the fields in order.
	Words func(c *Call, words []string) (map[string]string, error)
	Run   func(ctx context.Context, c *Call) (Reply, error)
}

// Call is one request on its way through a command.
type Call struct {
	*Desk
	Request
	by      wallet.Caller // who asks
	Command *Command
	Args    map[string]string
	To      wallet.Contact // the contact spoken to
	Lang    string
	Unit    string
	// loose says that the command was not said in full, or in another language
	// than the user's: what was meant is a guess.
	loose bool
	// heard says that the word spoken is of one language, and of no other.
	heard bool
}

// Arg is an argument without the space around it.
func (c *Call) Arg(name string) string { return strings.TrimSpace(c.Args[name]) }

// unit is what bare numbers count in.
func (c *Call) unit() amount.Unit {
	u, err := amount.ParseUnit(c.Unit)
	if err != nil {
		return amount.InSat
	}
	return u
}

// Amount reads an argument as an amount in the user's unit.
func (c *Call) Amount(name string) (amount.Msat, error) { return amount.Parse(c.Arg(name), c.unit()) }

// word is a command's name in the user's language.
func (c *Call) word(name string) string { return c.Words.Word(c.Lang, name) }

// suggest builds a command that may follow.
func (c *Call) suggest(label, name string, args ...string) Suggestion {
	return Suggestion{Text: strings.Join(append([]string{c.word(name)}, args...), " "), Label: label}
}

// say is a reply of one line.
func say(phrase string, args map[string]any) Reply {
	return Reply{Lines: []Line{{Phrase: phrase, Args: args}}}
}

// add appends a line.
func (r *Reply) add(phrase string, args map[string]any) {
	r.Lines = append(r.Lines, Line{Phrase: phrase, Args: args})
}

// usage is the fault of somebody who does not know how to say a command.
func (c *Call) usage() error { return wallet.ErrRequest.New(fault.Invalid, c.usageOf(c.Command), nil) }

// usageOf is the phrase for how to say a command here. On a contact some are
// said without naming whom.
func (c *Call) usageOf(cmd *Command) string {
	phrase := "command." + cmd.Name + ".usage"
	if c.To.Kind != wallet.GatewayContact && c.Words.Printer(c.Lang, "").Has(phrase+"-here") {
		return phrase + "-here"
	}
	return phrase
}

// always and given are what Command.Changes may be.
func always(*Call) bool { return true }

func given(field string) func(*Call) bool {
	return func(c *Call) bool { return c.Arg(field) != "" }
}

// inFull asks whoever abbreviated a command that changes something to say it
// as it is. The line that does so is the button.
func (c *Call) inFull(words []string) Reply {
	line := c.suggest("", c.Command.Name, i18n.Clip(strings.Join(c.inOneLanguage(words), " "), wallet.MemoLength))
	r := say("command.in-full", map[string]any{"line": line.Text})
	line.Label = "button.in-full"
	r.Next = []Suggestion{line}
	return r
}

// split takes the fields of a command from words, in order; one that is
// Rest takes all that is left.
func split(fields []Field, words []string) map[string]string {
	args := map[string]string{}
	for _, f := range fields {
		if len(words) == 0 {
			break
		}
		if f.Rest {
			args[f.Name] = strings.Join(words, " ")
			break
		}
		args[f.Name], words = words[0], words[1:]
	}
	return args
}
