package component

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bitcoim/bitcoim/command"
	"github.com/bitcoim/bitcoim/fault"
	"github.com/bitcoim/bitcoim/i18n"
)

// titleOf is the phrase that names a command.
func titleOf(name string) string { return "command." + name + ".title" }

// fieldTypes is how each kind of parameter is asked for (XEP-0004 §3.3).
var fieldTypes = map[command.FieldKind]string{
	command.TextField:   "text-single",
	command.AmountField: "text-single",
	command.ChoiceField: "list-single",
	command.BoolField:   "boolean",
}

// commandForm asks for the parameters of a command, with what is known of
// them filled in.
func commandForm(say i18n.Printer, s command.Spec, known map[string]string) *Element {
	x := newForm("form", say.Say(titleOf(s.Name), nil))
	for _, p := range s.Fields {
		value, ok := known[p.Name]
		if !ok {
			value = p.Default
		}
		if p.Kind == command.BoolField {
			on, _ := truth(value)
			value = strconv.FormatBool(on)
		}
		kind := fieldTypes[p.Kind]
		if len(p.Choices) == 0 && p.Kind == command.ChoiceField {
			kind = "text-single"
		}
		f := field(kind, p.Name, say.Say("field."+p.Name, nil))
		for _, choice := range p.Choices {
			f.Add(option(say.Say("choice."+p.Name+"."+choice, nil), choice))
		}
		if value != "" {
			f.Add(El(nsForm, "value").Says(value))
		}
		if !p.Optional {
			f.Add(required())
		}
		x.Add(f)
	}
	return x
}

// readArgs takes the parameters of a command from a form. Fields that the
// command does not have are left alone, as are empty ones. The fault says
// what the user must mend first.
func readArgs(say i18n.Printer, s command.Spec, f filled) (map[string]string, error) {
	args := make(map[string]string)
	for _, p := range s.Fields {
		value := f[p.Name]
		choices := p.Choices
		if p.Kind == command.BoolField && value != "" {
			choices = []string{yes, no}
			if on, ok := truth(value); ok && on {
				value = yes
			} else if ok {
				value = no
			}
		}
		label := fault.Args{"field": say.Say("field."+p.Name, nil)}
		switch {
		case value == "" && !p.Optional:
			return nil, fault.New(fault.Invalid, "adhoc.missing", label)
		case value == "":
		case len(choices) > 0 && !slices.Contains(choices, value):
			return nil, fault.New(fault.Invalid, "adhoc.choice", label)
		default:
			args[p.Name] = value
		}
	}
	return args, nil
}

// How the desk reads a boolean parameter.
const (
	yes = "yes"
	no  = "no"
)

// What is in the form of the second stage.
const (
	confirmType  = home + "#confirm" // its FORM_TYPE (XEP-0068)
	codeField    = "code"
	beforeField  = "before." // and the name of a field of the first stage
	answerField  = "answer"
	answerYes    = "confirm"
	answerCancel = "cancel"
)

// confirmForm shows what was understood, and asks whether to do it. What to
// type for that is left out: here it is chosen. How long that may be done stays. What was
// filled in before goes along, for who goes back.
func (c *Component) confirmForm(say i18n.Printer, name, code string, args filled, r command.Reply) (form, data *Element) {
	var lines []string
	for i, line := range c.lines(say, r) {
		typed := slices.ContainsFunc(r.Next, func(n command.Suggestion) bool { return strings.Contains(line, n.Text) })
		valid, limited := r.Lines[i].Args["valid"]
		switch {
		case !typed:
			lines = append(lines, line)
		case limited:
			lines = append(lines, say.Say("adhoc.valid", map[string]any{"valid": valid}))
		}
	}
	recap := strings.Join(append(lines, r.Copy...), "\n")
	picture, data := media(say, r)
	form = newForm("form", say.Say(titleOf(name), nil), recap).Add(
		formType(confirmType),
		field("hidden", codeField, "", code),
		picture,
		field("list-single", answerField, say.Say("adhoc.answer", nil), answerYes).Add(
			option(say.Say("button.confirm", nil), answerYes),
			option(say.Say("button.cancel", nil), answerCancel),
			required(),
		))
	for _, arg := range slices.Sorted(maps.Keys(args)) {
		form.Add(field("hidden", beforeField+arg, "", args[arg]))
	}
	return form, data
}

// before is what the form of the second stage says of the first.
func before(f filled) filled {
	first := filled{}
	for name, value := range f {
		if arg, ok := strings.CutPrefix(name, beforeField); ok {
			first[arg] = value
		}
	}
	return first
}

// resultForm is a reply as a form: its lines, what is to be copied in a field
// each, and the picture.
func (c *Component) resultForm(say i18n.Printer, name string, r command.Reply) (form, data *Element) {
	form = newForm("result", say.Say(titleOf(name), nil))
	if lines := c.lines(say, r); len(lines) > 0 {
		lines = strings.Split(strings.Join(lines, "\n"), "\n") // one phrase may have several
		form.Add(field("text-multi", "result", say.Say("adhoc.result", nil), lines...))
	}
	for i, text := range r.Copy {
		form.Add(field("text-single", "copy"+strconv.Itoa(i+1), say.Say("adhoc.copy", nil), text))
	}
	picture, data := media(say, r)
	return form.Add(picture), data
}

// lines are the words of a reply.
func (c *Component) lines(say i18n.Printer, r command.Reply) []string {
	lines := make([]string, 0, len(r.Lines))
	for _, l := range r.Lines {
		lines = append(lines, say.Say(l.Phrase, l.Args))
	}
	return lines
}

// media is what a reply has to be scanned, as a text with its picture
// (XEP-0221), and the bytes of the picture. Gajim shows pictures of text
// fields only, and only those that come along.
func media(say i18n.Printer, r command.Reply) (f, data *Element) {
	if r.QR == "" {
		return nil, nil
	}
	f = field("text-single", "qr", say.Say("adhoc.qr", nil), r.QR)
	p, err := draw(r.QR)
	if err != nil || len(p.png) > pngMost {
		return f, nil
	}
	side := strconv.Itoa(p.side)
	f.Add(El(nsMedia, "media",
		El(nsMedia, "uri").Says("cid:"+bobCID(p.png)).With("type", "image/png"),
	).With("height", side).With("width", side))
	return f, bobData(p.png)
}

// pngMost is the size in bytes up to which a picture travels inside of a
// stanza (XEP-0231 says 8 kB).
const pngMost = 8 << 10
