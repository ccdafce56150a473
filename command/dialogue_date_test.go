package command_test

import (
	"strconv"
	"strings"
	"time"
)

// months are how dates are written in the languages of the dialogues.
var months = map[string][]string{
	"en": strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
	"fr": strings.Fields("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
}

// stands is what a placeholder stands for, if that is known yet. {date:30d} is
// the date that many days after the town's clock where it is first said, so a
// dialogue is true on any day.
func (s *scene) stands(name string) (string, bool) {
	v, ok := s.known[name]
	after, isDate := strings.CutPrefix(name, "date:")
	if ok || !isDate {
		return v, ok
	}
	days, err := strconv.Atoi(strings.TrimSuffix(after, "d"))
	if err != nil {
		s.errorf("{%s}: days are written 30d", name)
		return "", true
	}
	at := s.now.Add(time.Duration(days) * 24 * time.Hour).UTC()
	v = strconv.Itoa(at.Day()) + " " + months[s.last.Lang][at.Month()-1] + " " + strconv.Itoa(at.Year())
	s.known[name] = v
	return v, true
}
