package component

import (
	"context"
	"slices"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
)

// commandName is the command that a node stands for.
func commandName(node string) string {
	if node == nsRegister {
		return "register" // where clients look for it
	}
	return node
}

// What XEP-0050 §4.4 says of a step that makes no sense.
var (
	errMalformedAction = badStep("malformed-action")
	errBadAction       = badStep("bad-action")
	errBadPayload      = badStep("bad-payload")
	errBadSession      = badStep("bad-sessionid")
)

func badStep(condition string) *refusal {
	return &refusal{Type: "modify", Condition: "bad-request", Code: "400", Detail: El(nsCommands, condition)}
}

// step is one request within a command.
type step struct {
	c       *Component
	q       *Stanza
	node    string
	spec    command.Spec
	session string
	fresh   bool // the first request of its session
	action  string
	form    filled // what was submitted, nil for nothing
	args    filled // what of it the command takes
	code    string // of the order that the form is about; "" in the first stage
	lang    string // as the client asked for it, "" if it did not
	say     i18n.Printer
}

// adhoc runs one step of a command (XEP-0050).
func adhoc(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	s, err := c.step(ctx, q)
	if err != nil {
		return nil, err
	}
	switch {
	case s.action == "cancel":
		return s.cancel(ctx)
	case s.action == "prev":
		return s.previous()
	case s.code != "":
		return s.secondStage(ctx)
	}
	return s.firstStage(ctx)
}

// step reads a request for a command, and finds the command on offer.
func (c *Component) step(ctx context.Context, q *Stanza) (*step, error) {
	e := q.Child(nsCommands, "command")
	s := &step{c: c, q: q, node: e.Value("node"), action: e.Value("action"), session: e.Value("sessionid")}
	if s.action == "" {
		s.action = "execute"
	}
	if s.lang = e.Value("lang"); s.lang == "" {
		s.lang = q.Lang
	}
	if _, err := c.target(ctx, q); err != nil {
		return nil, err
	}
	menu, err := c.desk.Menu(ctx, q.User, q.At)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(menu, func(m command.Spec) bool { return m.Name == commandName(s.node) })
	if i < 0 {
		return nil, errNotFound
	}
	s.spec = menu[i]
	if err := s.read(e.Child(nsForm, "x")); err != nil {
		return nil, err
	}
	a, err := c.desk.Account(ctx, q.User)
	if err != nil {
		return nil, err
	}
	s.say = c.words(a.Unit, s.lang, a.Lang)
	return s, nil
}

// read checks the session and the form of a step.
func (s *step) read(form *Element) error {
	switch {
	case !slices.Contains([]string{"execute", "next", "complete", "prev", "cancel"}, s.action):
		return errMalformedAction
	case s.session == "":
		s.session, s.fresh = newSession(), true
	case !sessionForm.MatchString(s.session):
		return errBadSession
	}
	if form == nil {
		return nil
	}
	var ok bool
	if s.form, ok = readForm(form); !ok {
		return errBadPayload
	}
	if s.form["FORM_TYPE"] != confirmType {
		return nil
	}
	if s.code = s.form[codeField]; !codeForm.MatchString(s.code) {
		return errBadPayload
	}
	if form.Value("type") == "cancel" {
		s.form[answerField] = answerCancel
	}
	return nil
}

// firstStage is that of the command's own form. A command without one, or
// whose form comes at once, has only this stage.
func (s *step) firstStage(ctx context.Context) (Answer, error) {
	switch {
	case s.form != nil:
	case s.fresh && s.action != "execute":
		return nil, errBadAction
	case s.fresh && len(s.spec.Fields) > 0:
		return s.ask(nil, nil), nil
	case slices.ContainsFunc(s.spec.Fields, func(f command.Field) bool { return !f.Optional }):
		return nil, errBadPayload
	}
	args, err := readArgs(s.say, s.spec, s.form)
	if err != nil {
		return s.ask(s.form, fault.Of(err)), nil
	}
	s.args = args
	reply, err := s.run(ctx, s.spec.Name, args)
	if err != nil {
		return s.fail(err)
	}
	return s.result(reply), nil
}

// secondStage is that in which an order waits for a yes or a no.
func (s *step) secondStage(ctx context.Context) (Answer, error) {
	switch answer, said := s.form[answerField]; {
	case answer == answerCancel:
		return s.cancel(ctx)
	case said && answer != answerYes:
		return nil, errBadPayload
	}
	reply, err := s.run(ctx, "confirm", map[string]string{"code": s.code})
	if err != nil {
		return s.fail(err)
	}
	return s.result(reply), nil
}

// previous shows the command's form again, with what was filled in, if the client sends
// back what the second stage keeps of it. The order that was made of it stays, so that
// the same form sent again is the same order; else it lapses.
func (s *step) previous() (Answer, error) {
	if s.fresh || len(s.spec.Fields) == 0 {
		return nil, errBadAction
	}
	return s.ask(before(s.form), nil), nil
}

// cancel ends the command, and with it the order that the form is about. If
// none came along, an order that waits lapses by itself.
func (s *step) cancel(ctx context.Context) (Answer, error) {
	if s.code == "" {
		return s.answer("canceled"), nil
	}
	reply, err := s.run(ctx, "cancel", map[string]string{"code": s.code})
	if fault.Is(err, fault.NotFound) {
		return s.answer("canceled"), nil // it was gone already
	}
	if err != nil {
		return s.fail(err)
	}
	return s.answer("canceled").Add(note("info", s.c.lines(s.words(reply), reply))), nil
}

// run asks the desk, and lets the roster follow.
func (s *step) run(ctx context.Context, name string, args map[string]string) (command.Reply, error) {
	key, stream := s.session, ""
	if s.fresh { // the client has no session to send again
		key, stream = s.q.ID, s.q.From
	}
	reply, err := s.c.desk.Ask(ctx, command.Request{
		User: s.q.User, At: s.q.At, Name: name, Args: args, ID: key + " " + about(name, args), Stream: stream, Lang: s.lang,
	})
	if err != nil {
		return reply, err
	}
	s.q.Then(func(ctx context.Context) { s.c.Follow(ctx, s.q.User, reply) })
	return reply, nil
}
