package component

import (
	"context"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
)

// registration says what is needed to register, and what is known of who
// asks (XEP-0077 §3.1), for clients that know forms and for those that don't.
func registration(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	if q.At != "" {
		return nil, errUnavailable
	}
	if _, err := c.desk.Menu(ctx, q.User, ""); err != nil { // nothing is on offer to who is not served
		return nil, c.unenrolled(ctx, q, err)
	}
	a, say, err := c.listener(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := El(nsRegister, "query")
	text := "register.instructions.new"
	if a.Registered {
		text = "register.instructions.registered"
		answer.Add(El(nsRegister, "registered"))
	}
	instructions := say.Say(text, nil)
	var known []string
	if a.Username != "" {
		known = []string{a.Username}
	}
	form := newForm("form", say.Say("register.title", nil), instructions).Add(
		formType(nsRegister),
		field("text-single", "username", say.Say("field.username", nil), known...),
	)
	return answer.Add(
		El(nsRegister, "instructions").Says(instructions),
		El(nsRegister, "username").Says(a.Username),
		form,
	), nil
}

// register opens an account, changes its name, or closes it (XEP-0077 §3.1
// and §3.2). Doing so twice is the same as once, so it needs no key.
func register(ctx context.Context, c *Component, q *Stanza) (Answer, error) {
	if q.At != "" {
		return nil, errUnavailable
	}
	query := q.Child(nsRegister, "query")
	if query.Child(nsRegister, "remove") != nil {
		return nil, unregister(ctx, c, q, query)
	}
	name := query.ChildText(nsRegister, "username")
	if x := query.Child(nsForm, "x"); x != nil {
		f, ok := readForm(x)
		if !ok {
			return nil, errBadRequest
		}
		if x.Value("type") == "cancel" {
			return nil, nil
		}
		if is := f["FORM_TYPE"]; is != "" && is != nsRegister { // it was made for something else (XEP-0068 §2)
			return nil, errBadRequest
		}
		name = f["username"]
	}
	if name == "" && query.Child(nsRegister, "password") != nil { // a new password (§3.3), and there is none
		return nil, errNotAcceptable
	}
	err := c.enrol(ctx, q, "register", map[string]string{"name": name})
	return nil, err
}

// unregister closes the account. <remove/> stands alone, and only a member
// can leave.
func unregister(ctx context.Context, c *Component, q *Stanza, query *Element) error {
	if len(query.Children) > 1 {
		return errBadRequest
	}
	a, err := c.desk.Account(ctx, q.User)
	if err != nil {
		return err
	}
	if !a.Registered {
		return &refusal{Type: "auth", Condition: "registration-required", Code: "407"}
	}
	return c.enrol(ctx, q, "unregister", map[string]string{"sure": "yes"})
}

// enrol asks the desk, and says faults as XEP-0077 does. That protocol has no
// words for success, so what the desk says goes to the user's chat; then the
// roster follows.
func (c *Component) enrol(ctx context.Context, q *Stanza, name string, args map[string]string) error {
	reply, err := c.desk.Ask(ctx, command.Request{User: q.User, Name: name, Args: args, Lang: q.Lang})
	if err != nil {
		return c.unenrolled(ctx, q, err)
	}
	q.Then(func(ctx context.Context) {
		if m := c.render(&Stanza{User: q.User, From: bare(q.From)}, reply, q.Lang); m != nil {
			_ = c.send(ctx, m)
		}
		c.Follow(ctx, q.User, reply)
	})
	return nil
}

// unregistrable is how XEP-0077 §3.1 says the faults of registering.
var unregistrable = map[fault.Kind]refusal{
	fault.Invalid:    {Type: "modify", Condition: "not-acceptable", Code: "406"},
	fault.Conflict:   {Type: "cancel", Condition: "conflict", Code: "409"},
	fault.NotAllowed: {Type: "cancel", Condition: "not-allowed", Code: "405"},
}

// unenrolled says why somebody could not register.
func (c *Component) unenrolled(ctx context.Context, q *Stanza, err error) error {
	f := fault.Of(err)
	r, ok := unregistrable[f.Kind]
	if !ok {
		return err
	}
	_, say, lost := c.listener(ctx, q)
	if lost != nil {
		return err
	}
	r.Text, r.Lang = say.Say(f.Phrase, f.Args), say.Lang()
	return &r
}
