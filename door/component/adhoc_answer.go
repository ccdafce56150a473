package component

import (
	"strings"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
)

// answer begins the <command/> of a result: status is "executing",
// "completed" or "canceled".
func (s *step) answer(status string) *Element {
	return El(nsCommands, "command").With("node", s.node).With("sessionid", s.session).
		With("status", status).With("lang", s.say.Lang())
}

// note is a line for people, nil if there is nothing to say: kind is "info"
// or "error".
func note(kind string, lines []string) *Element {
	if len(lines) == 0 {
		return nil
	}
	return El(nsCommands, "note").With("type", kind).Says(strings.Join(lines, "\n"))
}

// actions says what may follow (XEP-0050 §3.4): the first is what "execute"
// means.
func actions(all ...string) *Element {
	e := El(nsCommands, "actions").With("execute", all[0])
	for _, name := range []string{"prev", "next", "complete"} {
		for _, a := range all {
			if a == name {
				e.Add(El(nsCommands, name))
			}
		}
	}
	return e
}

// ask shows the command's form, with what was filled in and what is wrong
// with it.
func (s *step) ask(known filled, wrong *fault.Error) *Element {
	last := "complete"
	if s.spec.NeedsCode {
		last = "next"
	}
	e := s.answer("executing").Add(actions(last))
	if wrong != nil {
		e.Add(note("error", []string{s.say.Say(wrong.Phrase, wrong.Args)}))
	}
	return e.Add(commandForm(s.say, s.spec, known))
}

// result says a reply: the end, or an order that waits for its code.
func (s *step) result(r command.Reply) *Element {
	say := s.words(r)
	if code := codeOf(r); code != "" && s.spec.NeedsCode {
		may := []string{"complete"}
		if len(s.spec.Fields) > 0 {
			may = append(may, "prev")
		}
		form, data := s.c.confirmForm(say, s.spec.Name, code, s.args, r)
		return s.answer("executing").Add(actions(may...), form, data)
	}
	lines := s.c.lines(say, r)
	e := s.answer("completed")
	if len(lines) > 0 {
		e.Add(note("info", lines[:1]))
	}
	if len(lines) > 1 || len(r.Copy) > 0 || r.QR != "" {
		form, data := s.c.resultForm(say, s.spec.Name, r)
		e.Add(form, data)
	}
	return e
}

// words is the printer for a reply: in its unit, but in the language that the
// session began in (XEP-0050 §3.7).
func (s *step) words(r command.Reply) i18n.Printer { return s.c.words(r.Unit, s.say.Lang()) }

// fail says a fault. What the user can mend in the form is said above the
// form; what is nobody's to mend, or not allowed, is a stanza error; the rest
// ends the command with a note (XEP-0050 §3.6).
func (s *step) fail(err error) (Answer, error) {
	f := fault.Of(err)
	switch f.Kind {
	case fault.Internal, fault.NotAllowed:
		return nil, err
	}
	if s.code == "" && len(s.spec.Fields) > 0 {
		return s.ask(s.form, f), nil
	}
	return s.answer("completed").Add(note("error", []string{s.say.Say(f.Phrase, f.Args)})), nil
}
