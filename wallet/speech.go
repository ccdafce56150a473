package wallet

import (
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
	"github.com/bitcoim/bitcoim/useraccount"
)

// What a user reads later is kept as words: the line of a notice that they may send back,
// and why an app was refused. All else is said at the doors.

// printer speaks to a user; nil is nobody in particular.
func (s *Service) printer(u *useraccount.User) i18n.Printer {
	if u == nil {
		return s.Words.Printer(s.Words.Match(s.Policy.Languages...), "")
	}
	return s.Words.Printer(s.Words.Match(append([]string{u.Lang}, s.Policy.Languages...)...), u.Unit)
}

// line is a command that a user may send back as it is.
func (s *Service) line(u *useraccount.User, name, argument string) string {
	return s.printer(u).Word(name) + " " + argument
}

// said is a fault in a user's language.
func (s *Service) said(u *useraccount.User, err error) string {
	f := fault.Of(err)
	return s.printer(u).Say(f.Phrase, f.Args)
}
