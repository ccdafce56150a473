package component_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/door/component"
	"github.com/bitcoim/bitcoim/fault"
)

const (
	commandsNS = "http://jabber.org/protocol/commands"
	formNS     = "jabber:x:data"
)

// does is a step of a command.
func does(node, session, action, inside string) string {
	e := `<command xmlns='` + commandsNS + `' node='` + node + `'`
	if session != "" {
		e += ` sessionid='` + session + `'`
	}
	if action != "" {
		e += ` action='` + action + `'`
	}
	return e + `>` + inside + `</command>`
}

// submits is a form with fields "name=value".
func submits(fields ...string) string {
	s := `<x xmlns='` + formNS + `' type='submit'>`
	for _, f := range fields {
		name, val, _ := strings.Cut(f, "=")
		s += `<field var='` + name + `'><value>` + val + `</value></field>`
	}
	return s + `</x>`
}

// step sends a step of ann's, and returns the <command/> of the answer.
func (v *visit) step(node, session, action, inside string) *component.Element {
	v.t.Helper()
	e := v.asks("set", ann, domain, does(node, session, action, inside), "")
	if e.Value("type") != "result" || e.Child(commandsNS, "command") == nil {
		v.t.Fatalf("answered %s", canon(e))
	}
	return e.Child(commandsNS, "command")
}

// short is a <command/> in a line: status, note, and what is in the form.
func short(e *component.Element) string {
	s := e.Value("status")
	if a := e.Child(commandsNS, "actions"); a != nil {
		s += " " + a.Value("execute") + "("
		for _, c := range a.Children {
			s += c.Name.Local + " "
		}
		s = strings.TrimSpace(s) + ")"
	}
	if n := e.Child(commandsNS, "note"); n != nil {
		s += " " + n.Value("type") + "[" + n.Text + "]"
	}
	x := e.Child(formNS, "x")
	if x == nil {
		return s
	}
	s += " " + x.Value("type") + "<" + x.ChildText(formNS, "title") + ">"
	for _, f := range x.Children {
		if f.Name.Local == "field" {
			s += " " + f.Value("var")
			for _, val := range f.Children {
				if val.Name.Local == "value" {
					s += "=" + val.Text
				}
			}
		}
	}
	return s
}

// paying makes the town draft an order, and pay or drop it by its code.
func paying(v *visit) {
	v.town.do = func(r command.Request) (command.Reply, error) {
		switch {
		case r.Name == "pay" && r.Args["to"] == "nobody":
			return command.Reply{}, fault.New(fault.NotFound, "test.wrong", nil)
		case r.Name == "pay":
			return command.Reply{
				Lines: []command.Line{
					{Phrase: "test.recap", Args: map[string]any{"amount": int64(5_000_000), "who": r.Args["to"]}},
					{Phrase: "test.code", Args: map[string]any{"confirm": "confirm k7fw", "cancel": "cancel k7fw", "valid": int64(600)}}, // for chat
				},
				Next: []command.Suggestion{{Text: "cancel k7fw", Label: "button.cancel"}, {Text: "confirm k7fw", Label: "button.confirm"}},
				Lang: "fr", Unit: "sat",
			}, nil
		case r.Name == "confirm" && r.Args["code"] == "k7fw":
			return command.Reply{Lines: []command.Line{{Phrase: "test.paid"}}}, nil
		case r.Name == "cancel" && r.Args["code"] == "k7fw":
			return command.Reply{Lines: []command.Line{{Phrase: "test.dropped"}}}, nil
		}
		return command.Reply{}, fault.New(fault.Conflict, "test.wrong", nil)
	}
}

func requests(all []command.Request) string {
	var s []string
	for _, r := range all {
		s = append(s, fmt.Sprintf("%s %v", r.Name, r.Args))
	}
	return strings.Join(s, ", ")
}

func TestPayByForm(t *testing.T) {
	v := visiting(t)
	paying(v)
	e := v.asks("set", ann, domain, does("pay", "", "execute", ""), "")
	session := e.Children[0].Value("sessionid")
	v.same(e, `<iq type='result'><command xmlns='`+commandsNS+`' node='pay' sessionid='`+session+`' status='executing' xml:lang='en'>
<actions execute='next'><next/></actions>
<x xmlns='jabber:x:data' type='form'><title>Pay</title>
<field type='text-single' var='amount' label='Amount'><required/></field>
<field type='text-single' var='to' label='To'><required/></field>
<field type='text-single' var='memo' label='Memo'/></x></command></iq>`)
	if asked := v.town.asked(); len(asked) > 0 {
		t.Errorf("asked %v for a form", asked)
	}

	e = v.asks("set", ann, domain, does("pay", session, "next", submits("amount=5000", "to=bob", "memo=")), "")
	v.same(e, `<iq type='result'><command xmlns='`+commandsNS+`' node='pay' sessionid='`+session+`' status='executing' xml:lang='en'>
<actions execute='complete'><prev/><complete/></actions>
<x xmlns='jabber:x:data' type='form'><title>Pay</title><instructions>Pay 5`+"\u00A0000\u00A0"+`sat to bob.
Within 10 min.</instructions>
<field type='hidden' var='FORM_TYPE'><value>https://github.com/bitcoim/bitcoim#confirm</value></field>
<field type='hidden' var='code'><value>k7fw</value></field>
<field type='list-single' var='answer' label='Do it?'><value>confirm</value>
<option label='Confirm'><value>confirm</value></option><option label='Cancel'><value>cancel</value></option><required/></field>
<field type='hidden' var='before.amount'><value>5000</value></field>
<field type='hidden' var='before.to'><value>bob</value></field></x></command></iq>`)
	if got := requests(v.town.asked()); got != "pay map[amount:5000 to:bob]" {
		t.Errorf("asked %s", got)
	}

	e = v.asks("set", ann, domain, does("pay", session, "complete", answers("k7fw", "answer=confirm")), "")
	v.same(e, `<iq type='result'><command xmlns='`+commandsNS+`' node='pay' sessionid='`+session+`' status='completed' xml:lang='en'>
<note type='info'>Paid.</note></command></iq>`)
	if got := requests(v.town.asked()); got != "confirm map[code:k7fw]" {
		t.Errorf("asked %s", got)
	}
}

// answers is the form of the second stage.
func answers(code string, more ...string) string {
	return submits(append([]string{"FORM_TYPE=https://github.com/bitcoim/bitcoim#confirm", "code=" + code}, more...)...)
}

func TestStepsOfAnOrder(t *testing.T) {
	v := visiting(t)
	paying(v)
	session := v.step("pay", "", "", "").Value("sessionid")
	const (
		form   = "executing next(next) form<Pay> amount to memo"
		second = "executing complete(prev complete) form<Pay> FORM_TYPE=https://github.com/bitcoim/bitcoim#confirm code=k7fw answer=confirm before.amount=1 before.to=bob"
	)
	noAnswer := strings.Replace(answers("k7fw"), "type='submit'", "type='cancel'", 1)
	for name, tt := range map[string]struct{ session, action, inside, want, asks string }{
		"execute goes on":                   {session, "execute", submits("amount=1", "to=bob"), second, "pay map[amount:1 to:bob]"},
		"so does complete":                  {session, "complete", submits("amount=1", "to=bob"), second, "pay map[amount:1 to:bob]"},
		"something is missing":              {session, "next", submits("amount=1"), "executing next(next) error[To is missing.] form<Pay> amount=1 to memo", ""},
		"only space is missing, too":        {session, "next", submits("amount= ", "to=bob"), "executing next(next) error[Amount is missing.] form<Pay> amount to=bob memo", ""},
		"it can be mended":                  {session, "next", submits("amount=1", "to=nobody", "memo=hi"), "executing next(next) error[Wrong.] form<Pay> amount=1 to=nobody memo=hi", "pay map[amount:1 memo:hi to:nobody]"},
		"it can be left":                    {session, "cancel", "", "canceled", ""},
		"it can be left at once":            {"", "cancel", "", "canceled", ""},
		"confirm":                           {session, "complete", answers("k7fw", "answer=confirm"), "completed info[Paid.]", "confirm map[code:k7fw]"},
		"confirm with execute":              {session, "", answers("k7fw", "answer=confirm"), "completed info[Paid.]", "confirm map[code:k7fw]"},
		"the answer is yes unless said":     {session, "complete", answers("k7fw"), "completed info[Paid.]", "confirm map[code:k7fw]"},
		"say no":                            {session, "complete", answers("k7fw", "answer=cancel"), "canceled info[Dropped.]", "cancel map[code:k7fw]"},
		"say no with a cancelled form":      {session, "complete", noAnswer, "canceled info[Dropped.]", "cancel map[code:k7fw]"},
		"leave with the form":               {session, "cancel", answers("k7fw", "answer=confirm"), "canceled info[Dropped.]", "cancel map[code:k7fw]"},
		"go back":                           {session, "prev", answers("k7fw", "before.amount=1", "before.memo=hi"), "executing next(next) form<Pay> amount=1 to memo=hi", ""},
		"go back without the form":          {session, "prev", "", form, ""},
		"too late to confirm":               {session, "complete", answers("zzzz"), "completed error[Wrong.]", "confirm map[code:zzzz]"},
		"too late to cancel":                {session, "cancel", answers("zzzz"), "completed error[Wrong.]", "cancel map[code:zzzz]"},
		"another instance knows it as well": {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "complete", answers("k7fw"), "completed info[Paid.]", "confirm map[code:k7fw]"},
		"all at once, without a session":    {"", "execute", submits("amount=1", "to=bob"), second, "pay map[amount:1 to:bob]"},
		"a client that forgets what is hidden": {session, "complete", submits("answer=confirm"),
			"executing next(next) error[Amount is missing.] form<Pay> amount to memo", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			if got := short(v.step("pay", tt.session, tt.action, tt.inside)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := requests(v.town.asked()); got != tt.asks {
				t.Errorf("asked %q, want %q", got, tt.asks)
			}
		})
	}
}

func TestStepsThatMakeNoSense(t *testing.T) {
	v := visiting(t)
	paying(v)
	first := v.step("pay", "", "", "").Value("sessionid")
	const twice = "<x xmlns='jabber:x:data' type='submit'><field var='amount'><value>1</value></field><field var='amount'><value>1000000</value></field><field var='to'><value>bob</value></field></x>"
	for name, tt := range map[string]struct{ node, session, action, inside, want string }{
		"no such command":                {"steal", "", "", "", "item-not-found"},
		"no command":                     {"", "", "", "", "item-not-found"},
		"an action nobody knows":         {"pay", "", "destroy", "", "bad-request malformed-action"},
		"a session that is none":         {"pay", "config:20020923", "", submits(), "bad-request bad-sessionid"},
		"a session with more in it":      {"pay", first + "-k7fw", "", submits(), "bad-request bad-sessionid"},
		"a session with a line in it":    {"pay", first + "&#10;", "", submits(), "bad-request bad-sessionid"},
		"a session of a megabyte":        {"pay", first + strings.Repeat("K", 2000), "", submits(), "bad-request bad-sessionid"},
		"back before the start":          {"pay", "", "prev", "", "bad-request bad-action"},
		"the end before the start":       {"pay", "", "complete", "", "bad-request bad-action"},
		"no form where one is needed":    {"pay", first, "next", "", "bad-request bad-payload"},
		"an amount that is two amounts":  {"pay", first, "next", twice, "bad-request bad-payload"},
		"an answer that is none":         {"pay", first, "complete", answers("k7fw", "answer=maybe"), "bad-request bad-payload"},
		"an answer that is two answers":  {"pay", first, "complete", answers("k7fw", "answer=confirm", "answer=cancel"), "bad-request bad-payload"},
		"a code that is none":            {"pay", first, "complete", answers("k7fw confirm zzzz"), "bad-request bad-payload"},
		"a code that is not there":       {"pay", first, "complete", answers(""), "bad-request bad-payload"},
		"back where there is no form":    {"balance", first, "prev", "", "bad-request bad-action"},
		"a set amount at a contact gone": {"pay", "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v.t = t
			to := domain
			if tt.want == "" {
				to, tt.want = "nobody@"+domain, "item-not-found text"
			}
			e := v.asks("set", ann, to, does(tt.node, tt.session, tt.action, tt.inside), "")
			var got []string
			for _, c := range e.Child("", "error").Children {
				got = append(got, c.Name.Local)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if asked := v.town.asked(); len(asked) > 0 {
				t.Errorf("the desk was asked %v", asked)
			}
		})
	}
}
