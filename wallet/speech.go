package wallet

import "github.com/bitcoim/bitcoim/useraccount"

// line is a command that a user may send back as it is: what a notice proposes is kept as
// words. All else is said at the doors.
func (s *Service) line(u *useraccount.User, name, argument string) string {
	return s.Words.Printer(s.Words.Match(append([]string{u.Lang}, s.Policy.Languages...)...), u.Unit).Word(name) + " " + argument
}
