package main

import (
	"fmt"
	"strings"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/i18n"
)

const commandsHead = `<!-- Written by internal/gendocs: make generate. -->

# Commands

What users say to the gateway, in chat or by a form (XEP-0050). The words of
every language are understood by everybody, in any case and without their
accents, and answered in theirs unless the user set a language, or registered in
one that is not the gateway's: the answer to that says how to change it, and the
list of settings shows it. The first
letters of a word of one's own language are enough, if they are clear, for what
looks or asks. What changes the account, tells somebody something or gives a
code is said in full, and in one's own language: else the gateway shows the line
that would do it, and does nothing. A new name and a limit are asked about
first. A pasted
address or payment link is understood as it is: with an amount it is a payment,
and an address alone opens a chat from that address.

What moves money asks for a code first. Codes are four characters, are good for
one payer, and work once.

`

// places are where a command may be said.
var places = []struct {
	place command.Place
	name  string
}{{command.AtGateway, "gateway"}, {command.AtAddress, "address"}, {command.AtUser, "user"}}

// commands is the page of all commands, in the languages there are.
func commands(words *i18n.Catalogue) (string, error) {
	var b strings.Builder
	b.WriteString(commandsHead)
	langs := words.Languages()
	row := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	head := []string{}
	for _, lang := range langs {
		head = append(head, words.Printer(i18n.Reference, "").Say("language."+lang, nil))
	}
	head = append(head, "what it does", "said to", "by")
	row(head...)
	row(strings.Split(strings.Repeat("---,", len(head)-1)+"---", ",")...)
	for _, cmd := range command.Index {
		var cells []string
		for _, lang := range langs {
			cells = append(cells, "`"+strings.Join(words.Commands(lang)[cmd.Name], "` `")+"`")
		}
		row(append(cells, say(words, i18n.Reference, cmd.Name, "summary"), where(cmd.Where), who(cmd.Who))...)
	}
	b.WriteString("\nAn address is the contact of a Bitcoin address, a user that of a username.\n")
	for _, cmd := range command.Index {
		if err := detail(&b, words, cmd); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// detail is one command: how it is said, and what a form asks for.
func detail(b *strings.Builder, words *i18n.Catalogue, cmd *command.Command) error {
	fmt.Fprintf(b, "\n## %s\n\n", cmd.Name)
	for _, lang := range words.Languages() {
		p := words.Printer(lang, "")
		if !p.Has("command." + cmd.Name + ".usage") {
			return fmt.Errorf("%s has no usage", cmd.Name)
		}
		fmt.Fprintf(b, "* %s: `%s`", lang, say(words, lang, cmd.Name, "usage"))
		if here := "usage-here"; p.Has("command." + cmd.Name + "." + here) {
			fmt.Fprintf(b, "; on a contact `%s`", say(words, lang, cmd.Name, here))
		}
		fmt.Fprintf(b, ": %s\n", say(words, lang, cmd.Name, "summary"))
	}
	p := words.Printer(i18n.Reference, "")
	for i, f := range cmd.Fields {
		if i == 0 {
			b.WriteString("\n| field | asks for | |\n| --- | --- | --- |\n")
		}
		var notes []string
		if f.Optional {
			notes = append(notes, "may be empty")
		}
		if len(f.Choices) > 0 {
			notes = append(notes, "`"+strings.Join(f.Choices, "` `")+"`")
		}
		if f.Default != "" {
			notes = append(notes, "else `"+f.Default+"`")
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.Name, p.Say("field."+f.Name, nil), strings.Join(notes, ", "))
	}
	return nil
}

func say(words *i18n.Catalogue, lang, name, what string) string {
	return words.Printer(lang, "").Say("command."+name+"."+what, nil)
}

func where(at command.Place) string {
	var names []string
	for _, p := range places {
		if at&p.place != 0 {
			names = append(names, p.name)
		}
	}
	return strings.Join(names, ", ")
}

func who(r command.Role) string {
	if r == command.Anyone {
		return "anyone"
	}
	return "registered users"
}
